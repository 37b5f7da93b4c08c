import { list, processSummary, standsForMany, type ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { processAndStep } from "../format/executions.ts";
import { count } from "../format/quantity.ts";
import {
  read,
  showTable,
  timeOf,
  windowedCommand,
  windowOf,
  type ReadingOptions,
  type WindowOptions,
} from "../reading.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & WindowOptions & { machine?: string };

export function processes(terminal: Terminal): Command {
  return windowedCommand("processes", "the catalogue: what runs, where, when last", "30d")
    .option("--machine <name>", "on this machine alone (name or id)")
    .action((options: Options) => showProcesses(options, terminal));
}

async function showProcesses(options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  const time = timeOf(terminal);
  await read(
    options,
    terminal,
    (hub) => hub.get("/processes", list(processSummary), query),
    ({ items }) => {
      if (items.length === 0) return terminal.out(m.cmd_no_executions());
      showTable(
        terminal,
        [
          { title: m.cmd_col_process(), shrinkTo: 12, cell: (row: ProcessSummary) => processAndStep(row) },
          { title: m.cmd_col_id(), cell: (row) => row.processId },
          { title: m.cmd_col_kind(), cell: (row) => row.kinds.join(", ") },
          {
            title: m.cmd_col_machines(),
            shrinkTo: 12,
            cell: (row) => row.machines.map((each) => each.machine).join(", "),
          },
          { title: m.cmd_col_runs(), align: "right", cell: (row) => count(row.statistics.count) },
          { title: m.cmd_col_running(), align: "right", cell: (row) => count(row.statistics.running) },
          {
            title: m.cmd_col_last_start({ zone: terminal.timeZone }),
            cell: (row) => time(row.lastStartedAt),
          },
        ],
        items,
      );
      if (items.some(({ process }) => standsForMany(process))) terminal.out(m.cmd_processes_grouped());
    },
  );
}
