/** Where hub and agent of this computer keep their things, by the precedence of all settings. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { chooseIntake, notedIntake } from "@culprit/agent/intake";
import { agentSettings } from "@culprit/agent/settings";
import type { Terminal } from "../terminal.ts";
import { readSettingsFile } from "./file.ts";

export type LocalPlaces = { dataDir: string; listen: string; agentDir: string; intake: string };

export function localPlaces(options: { dataDir?: string; config?: string }, terminal: Terminal): LocalPlaces {
  const { environment, folder } = terminal;
  const file = readSettingsFile(terminal, options.config)?.values ?? {};
  const said = (key: string, variable: string) => environment[variable] || textOf(file[key]);
  const dataDir = resolve(folder, options.dataDir ?? said("dataDir", "CULPRIT_DATA_DIR") ?? "culprit-data");
  const beside = join(dataDir, "agent");
  // Under `culprit up` the agent lives in the hub's folder; alone it has its own.
  const agentDir = existsSync(beside) ? beside : agentSettings.parse({}).dataDir;
  const intake = said("intake", "CULPRIT_INTAKE") ?? notedIntake(agentDir);
  return {
    dataDir,
    listen: said("listen", "CULPRIT_LISTEN") ?? "127.0.0.1:4777",
    agentDir,
    intake: chooseIntake(intake, agentDir),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
