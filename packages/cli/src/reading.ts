/** What all commands have in common that read from a hub: which hub, a window of time, and JSON for programs. */
import { formatInstant, type HubClient } from "@culprit/protocol";
import { Command } from "commander";
import { connect, type ConnectionOptions } from "./connection.ts";
import { formatTable, type Column } from "./format/table.ts";
import { localTime } from "./format/quantity.ts";
import type { Terminal } from "./terminal.ts";
import { timeOption } from "./time.ts";

export type ReadingOptions = ConnectionOptions & { json?: boolean };
export type WindowOptions = { since?: string; until?: string };

export function hubCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--hub <address>", "the hub to ask (CULPRIT_HUB)")
    .option("--token <token>", "token of the hub (CULPRIT_TOKEN)")
    .option("--profile <name>", "one of `culprit profile list` (CULPRIT_PROFILE)")
    .option("--ca <file>", "certificates of authorities to trust besides the well-known ones (CULPRIT_CA)")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)");
}

export function readingCommand(name: string, description: string): Command {
  return hubCommand(name, description).option("--json", "the hub's answer as JSON");
}

export function windowedCommand(name: string, description: string, usual: string): Command {
  return readingCommand(name, description)
    .option(
      "--since <time>",
      `start of the window: 24h, 7d, 2026-11-23, "2026-11-23 03:00", 2026-11-23T03:00:00Z (default ${usual} ago)`,
    )
    .option("--until <time>", "end of the window (default now)");
}

/** The window as the API takes it; what is not said is left to the hub's defaults. */
export function windowOf(
  { since, until }: WindowOptions,
  terminal: Terminal,
): { from?: string; to?: string } {
  const now = terminal.now();
  return {
    ...(since === undefined ? {} : { from: formatInstant(timeOption("--since", since, now)) }),
    ...(until === undefined ? {} : { to: formatInstant(timeOption("--until", until, now)) }),
  };
}

/** Connects, asks and shows: as JSON if that was wanted, for people otherwise. */
export async function read<Answer>(
  options: ReadingOptions,
  terminal: Terminal,
  ask: (hub: HubClient) => Promise<Answer>,
  show: (answer: Answer) => void,
): Promise<Answer> {
  const answer = await ask(connect(options, terminal));
  if (options.json) terminal.out(JSON.stringify(answer, null, 2));
  else show(answer);
  return answer;
}

export function showTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  terminal.out(formatTable(columns, rows, terminal));
}

export function timeOf(terminal: Terminal): (instant: string | undefined) => string {
  return (instant) => localTime(instant, terminal.timeZone);
}
