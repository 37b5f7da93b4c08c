import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { m } from "@culprit/messages";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { UsageError } from "../failures.ts";
import type { Terminal } from "../terminal.ts";

export type SettingsFile = { path: string; values: Record<string, unknown> };

/** `--config` or CULPRIT_CONFIG, else ./culprit.yaml, else /etc/culprit/culprit.yaml; null if there is none. */
export function readSettingsFile(terminal: Terminal, asked: string | undefined): SettingsFile | null {
  const named = asked ?? terminal.environment["CULPRIT_CONFIG"];
  if (named) return read(resolve(terminal.folder, named));
  const usual = [resolve(terminal.folder, "culprit.yaml"), "/etc/culprit/culprit.yaml"];
  const path = usual.find((path) => existsSync(path));
  return path === undefined ? null : read(path);
}

const content = z.record(z.string(), z.unknown()).nullable();

function read(path: string): SettingsFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      m.cmd_settings_unreadable({ path, reason: error instanceof Error ? error.message : String(error) }),
    );
  }
  try {
    return { path, values: content.parse(parse(text)) ?? {} };
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message : m.cmd_settings_no_mapping();
    throw new UsageError(m.cmd_settings_unreadable({ path, reason }));
  }
}
