import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { randomInt } from "node:crypto";
import { m } from "@culprit/messages";
import { Command } from "commander";
import { Failure, UsageError } from "../failures.ts";
import { localPlaces } from "../settings/local-places.ts";
import type { Terminal } from "../terminal.ts";

export function user(terminal: Terminal): Command {
  return new Command("user").description("people who may sign in").addCommand(reset(terminal));
}

type ResetOptions = { dataDir?: string; config?: string; generate?: boolean };

function reset(terminal: Terminal): Command {
  return new Command("reset")
    .description("set a new password, on the hub's own machine, also while the hub runs")
    .argument("[name]", "the user", "admin")
    .option("--generate", "make one up and print it instead of asking")
    .option("--data-dir <folder>", "the hub's data directory (CULPRIT_DATA_DIR)")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)")
    .action((name: string, options: ResetOptions) => resetPassword(name, options, terminal));
}

const leastCharacters = 8;

async function resetPassword(name: string, options: ResetOptions, terminal: Terminal): Promise<void> {
  const { dataDir } = localPlaces(options, terminal);
  const generated = options.generate || !process.stdin.isTTY;
  const password = generated ? makePassword() : await askPassword();
  if (password.length < leastCharacters) throw new UsageError(m.cmd_user_short({ count: leastCharacters }));
  const { requestUserReset } = await import("@culprit/hub");
  const result = await requestUserReset(dataDir, name, password).catch((error: unknown) => {
    throw error instanceof Error ? new Failure(error.message) : error;
  });
  terminal.out(result === "done" ? m.cmd_user_reset({ name }) : m.cmd_user_reset_pending({ name, dataDir }));
  if (generated) terminal.out(m.cmd_password({ password }));
}

/** 20 characters that can't be mistaken for each other: 114 bits. */
function makePassword(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
}

async function askPassword(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(m.cmd_user_ask());
  const input = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await input.question("");
  } finally {
    input.close();
    process.stderr.write("\n");
  }
}
