import {
  formatInstant,
  list,
  microsPerSecond,
  ProblemError,
  processDetail,
  processSummary,
  recordedRequestsMetric,
  seriesAnswer,
  type ProcessDetail,
  type ProcessSummary,
  type RequestStatistics,
  type Statistics,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { connect } from "../connection.ts";
import { Failure } from "../failures.ts";
import { processAndStep } from "../format/executions.ts";
import { changeColumns, changeRows, overlapText, trendText, weekLines } from "../format/history-text.ts";
import { count, duration } from "../format/quantity.ts";
import { printable, type Column } from "../format/table.ts";
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

const usualDays = 30;

type Options = ReadingOptions & WindowOptions & { machine?: string };

export function stats(terminal: Terminal): Command {
  return windowedCommand(
    "stats",
    "durations and failures of all processes, or of one by step and machine",
    `${usualDays}d`,
  )
    .argument("[process]", "name or id")
    .option("--machine <name>", "on this machine alone (name or id)")
    .action((process: string | undefined, options: Options) =>
      process === undefined ? showAll(options, terminal) : showOne(process, options, terminal),
    );
}

async function showAll(options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, ...windowOf(options, terminal) };
  const { items } = await read(
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
  if (options.json || !items.some(({ kinds }) => kinds.includes("web"))) return;
  const machines = await machinesThatSample(options, terminal);
  if (machines.length > 0) terminal.out(`\n${m.web_sampled_list({ machines: machines.join(", ") })}`);
}

/** Those that counted requests in the window without recording them one by one. */
async function machinesThatSample(options: Options, terminal: Terminal): Promise<string[]> {
  const window = windowOf(options, terminal);
  const from = window.from ?? formatInstant(terminal.now() - usualDays * 86_400 * microsPerSecond);
  const query = { machine: options.machine, metric: recordedRequestsMetric, ...window, from };
  const { series } = await connect(options, terminal).get("/metrics/series", seriesAnswer, query);
  const sampling = series.filter(
    ({ attributes, values }) =>
      attributes["result"] === "counted-only" && values.some((rate) => (rate ?? 0) > 0),
  );
  return [...new Set(sampling.map(({ machine }) => machine))].toSorted((a, b) => a.localeCompare(b));
}

async function showOne(process: string, options: Options, terminal: Terminal): Promise<void> {
  const query = { machine: options.machine, zone: terminal.timeZone, ...windowOf(options, terminal) };
  await read(
    options,
    terminal,
    (hub) =>
      hub.get(`/processes/${encodeURIComponent(process)}`, processDetail, query).catch((error: unknown) => {
        const unknown = error instanceof ProblemError && error.problem.code === "not-found";
        throw unknown && options.machine === undefined
          ? new Failure(m.cmd_stats_nothing({ process }), m.cmd_fix_why_nothing())
          : error;
      }),
    (detail) => showDetail(detail, terminal),
  );
}

function showDetail(detail: ProcessDetail, terminal: Terminal): void {
  const { summary, steps, perMachine, requests } = detail;
  terminal.out(`${printable(detail.text)}\n`);
  const columns = [processColumn(), ...statisticsColumns((row: ProcessSummary) => row.statistics)];
  showTable(terminal, columns, [summary, ...steps]);
  if (requests) {
    terminal.out(`\n${m.web_all_requests()}`);
    showTable(terminal, requestColumns(), [requests]);
  }
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

function requestColumns(): Column<RequestStatistics>[] {
  const column = (title: string, cell: (each: RequestStatistics) => string): Column<RequestStatistics> => ({
    title: title.toUpperCase(),
    align: "right",
    cell,
  });
  return [
    column(m.web_requests_counted(), (each) => count(each.count)),
    column(m.web_requests_recorded(), (each) => count(each.recorded)),
    column(m.cmd_col_failed(), (each) => count(each.failures)),
    column(m.cmd_col_median(), (each) => duration(each.medianSeconds)),
    column(m.mean(), (each) => duration(each.meanSeconds)),
    column(m.cmd_col_p95(), (each) => duration(each.p95Seconds)),
  ];
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
