import { execution, executionKinds, executionOutcomes, list } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Option, type Command } from "commander";
import { executionColumns } from "../format/executions.ts";
import { flagColumns } from "../format/flags.ts";
import {
  read,
  showTable,
  windowedCommand,
  windowOf,
  type ReadingOptions,
  type WindowOptions,
} from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { numberOption } from "../numbers.ts";

type Options = ReadingOptions &
  WindowOptions & {
    process?: string;
    machine?: string;
    kind?: string;
    outcome?: string;
    overlapping?: string;
    limit: number;
  };

export function executions(terminal: Terminal): Command {
  return windowedCommand("executions", "list executions, newest first", "24h")
    .option("--process <name>", "of this process (name or id)")
    .option("--machine <name>", "on this machine (name or id)")
    .addOption(new Option("--kind <kind>", "of this kind").choices(executionKinds))
    .addOption(new Option("--outcome <outcome>", "that ended so").choices(executionOutcomes))
    .option("--overlapping <id>", "that ran at the same time as this execution")
    .addOption(numberOption("--limit <count>", "at most so many", { from: 1, to: 1000 }).default(50))
    .action((options: Options) => showExecutions(options, terminal));
}

async function showExecutions(options: Options, terminal: Terminal): Promise<void> {
  const { process, machine, kind, outcome, overlapping, limit } = options;
  const query = { process, machine, kind, outcome, overlapping, limit, ...windowOf(options, terminal) };
  await read(
    options,
    terminal,
    (hub) => hub.get("/executions", list(execution), query),
    ({ items, nextCursor }) => {
      if (items.length === 0) return terminal.out(m.cmd_no_executions());
      showTable(terminal, [...executionColumns(terminal), ...flagColumns(items)], items);
      if (nextCursor) terminal.out(m.cmd_more_than({ count: items.length }));
    },
  );
}
