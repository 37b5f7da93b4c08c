import {
  list,
  processDetail,
  processSummary,
  type ProcessDetail,
  type ProcessSummary,
  type Statistics,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { processAndStep } from "../format/executions.ts";
import { changeColumns, changeRows, overlapText, trendText, weekLines } from "../format/history-text.ts";
import { count, duration } from "../format/quantity.ts";
import type { Column } from "../format/table.ts";
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

export function stats(terminal: Terminal): Command {
  return windowedCommand(
    "stats",
    "durations and failures of all processes, or of one by step and machine",
    "30d",
  )
    .argument("[process]", "name or id")
    .option("--machine <name>", "on this machine alone (name or id)")
    .action((process: string | undefined, options: Options) =>
      process === undefined ? showAll(options, terminal) : showOne(process, options, terminal),
    );
}

async function showAll(options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  await read(
    options,
    terminal,
    (hub) => hub.get("/processes", list(processSummary), query),
    ({ items }) => {
      if (items.length === 0) return terminal.out(m.cmd_no_executions());
      const byTotal = items.toSorted((a, b) => b.statistics.totalSeconds - a.statistics.totalSeconds);
      showTable(
        terminal,
        [processColumn(), ...statisticsColumns((row: ProcessSummary) => row.statistics)],
        byTotal,
      );
    },
  );
}

async function showOne(process: string, options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, zone: terminal.timeZone, ...windowOf(options, terminal) };
  await read(
    options,
    terminal,
    (hub) => hub.get(`/processes/${encodeURIComponent(process)}`, processDetail, query),
    (detail) => showDetail(detail, terminal),
  );
}

function showDetail(detail: ProcessDetail, terminal: Terminal): void {
  const { summary, steps, perMachine } = detail;
  terminal.out(`${detail.text}\n`);
  const columns = [processColumn(), ...statisticsColumns((row: ProcessSummary) => row.statistics)];
  showTable(terminal, columns, [summary, ...steps]);
  if (perMachine.length === 0) return;
  type MachineRow = ProcessDetail["perMachine"][number];
  terminal.out("");
  showTable(
    terminal,
    [
      { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row: MachineRow) => row.machine },
      { title: m.cmd_col_kind(), cell: (row: MachineRow) => row.kind },
      ...statisticsColumns((row: MachineRow) => row.statistics),
      { title: m.statistics_trend().toUpperCase(), align: "right", cell: trendText },
      { title: m.statistics_overlapping().toUpperCase(), align: "right", cell: overlapText },
    ],
    perMachine,
  );
  showHistory(detail, terminal);
}

function showHistory({ perMachine, hours }: ProcessDetail, terminal: Terminal): void {
  const changes = changeRows(perMachine);
  if (changes.length > 0) {
    terminal.out(`\n${m.statistics_changes()}`);
    showTable(terminal, changeColumns(timeOf(terminal), terminal.timeZone), changes);
  }
  terminal.out(`\n${m.statistics_hours()} (${m.cmd_col_runs().toLowerCase()}, ${hours.zone})`);
  for (const line of weekLines(hours)) terminal.out(line);
}

const processColumn = (): Column<ProcessSummary> => ({
  title: m.cmd_col_process(),
  shrinkTo: 12,
  cell: processAndStep,
});

function statisticsColumns<Row>(of: (row: Row) => Statistics): Column<Row>[] {
  const column = (title: string, cell: (statistics: Statistics) => string): Column<Row> => ({
    title,
    align: "right",
    cell: (row) => cell(of(row)),
  });
  return [
    column(m.cmd_col_runs(), (each) => count(each.count)),
    {
      ...column(m.cmd_col_failed(), (each) => count(each.failures)),
      colour: (row) => (of(row).failures > 0 ? "red" : undefined),
    },
    column(m.cmd_col_median(), (each) => duration(each.medianSeconds)),
    column(m.cmd_col_mad(), (each) => duration(each.madSeconds)),
    column(m.cmd_col_p95(), (each) => duration(each.p95Seconds)),
    column(m.cmd_col_max(), (each) => duration(each.maxSeconds)),
    column(m.cmd_col_total(), (each) => duration(each.totalSeconds)),
    {
      ...column(m.cmd_col_deviations(), (each) => count(each.deviations)),
      colour: (row) => (of(row).deviations > 0 ? "yellow" : undefined),
    },
  ];
}
