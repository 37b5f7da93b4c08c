import { differences } from "@culprit/protocol";
import type { Command } from "commander";
import { formatDifferences } from "../format/differences.ts";
import { read, windowedCommand, windowOf, type ReadingOptions, type WindowOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & WindowOptions & { machine?: string; exitCode?: boolean };

export function different(terminal: Terminal): Command {
  return windowedCommand(
    "different",
    "what was different in a span of time against the same hours before it",
    "1h",
  )
    .option("--machine <name>", "on this machine alone (name or id)")
    .option("--exit-code", "exit status 1 if anything was different")
    .action((options: Options) => showDifferences(options, terminal));
}

async function showDifferences(options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  const answer = await read(
    options,
    terminal,
    (hub) => hub.get("/differences", differences, query),
    (found) => terminal.out(formatDifferences(found, terminal)),
  );
  if (options.exitCode && answer.series.length + answer.processes.length > 0) terminal.status = 1;
}
