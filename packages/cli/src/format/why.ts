/** The explanation of one run as a page of text. */
import { m } from "@culprit/messages";
import type { Why } from "@culprit/protocol";
import type { Terminal } from "../terminal.ts";
import { incidentColumns } from "./check-incidents.ts";
import { barColumns } from "./bar.ts";
import { paint } from "./colour.ts";
import { outcomeText, processAndStep } from "./executions.ts";
import { careLine } from "./flags.ts";
import { bytes, count, duration, interval, localTime, measured } from "./quantity.ts";
import { section } from "./section.ts";
import { printable, type Column } from "./table.ts";

const linesShown = 20;

export function formatWhy(why: Why, terminal: Terminal): string {
  return [
    heading(why, terminal),
    printable(why.text),
    normalLine(why),
    usageLine(why),
    careLine(why.execution),
    normalSince(why, terminal),
    outputOf(why, terminal),
    ...tables(why, terminal),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function heading({ execution }: Why, { timeZone, colours }: Terminal): string {
  const { machine, startedAt, endedAt, durationSeconds, outcome, id } = execution;
  const line = m.cmd_why_heading({
    process: printable(processAndStep(execution)),
    machine: printable(machine),
    start: localTime(startedAt, timeZone),
    end: endedAt === undefined ? m.cmd_outcome_running() : localTime(endedAt, timeZone),
    zone: timeZone,
    duration: duration(durationSeconds),
    outcome: outcomeText(outcome),
  });
  return `${paint(colours, "bold", line)}\n${paint(colours, "dim", id)}`;
}

/** Numbers to the sentence of the hub. */
function normalLine({ normal }: Why): string {
  if (!normal) return "";
  return m.cmd_why_normal({
    median: duration(normal.medianSeconds),
    mad: duration(normal.madSeconds),
    p95: duration(normal.p95Seconds),
    count: count(normal.count),
  });
}

/** What its processes used of a processor and waited for one, where both are known. */
function usageLine({ execution: { cpuSeconds, runQueueSeconds } }: Why): string {
  if (cpuSeconds === undefined || runQueueSeconds === undefined) return "";
  return m.cmd_why_usage({ used: duration(cpuSeconds), waited: duration(runQueueSeconds) });
}

function normalSince({ normal }: Why, { timeZone }: Terminal): string {
  if (normal?.since === undefined) return "";
  return m.statistics_normal_since({ day: localTime(normal.since, timeZone) });
}

/** Of a run that failed: why it did is often said there. */
function outputOf({ execution: { outcome, output } }: Why, { colours }: Terminal): string {
  const hasFailed = outcome !== "ok" && outcome !== "running";
  const lines = output?.trimEnd().split("\n") ?? [];
  if (!hasFailed || lines.length === 0) return "";
  const last = lines.slice(-linesShown).map((line) => `  ${printable(line.replaceAll("\t", "    "))}`);
  return ["", paint(colours, "bold", m.cmd_why_output()), ...last].join("\n");
}

function tables(why: Why, terminal: Terminal): string[] {
  return [
    section(m.cmd_why_shares(), why.shares, shareColumns(why.shares, terminal), terminal),
    section(m.cmd_why_concurrent(), why.concurrent, concurrentColumns(), terminal),
    section(m.cmd_why_os_processes(), why.osProcesses.filter(didSomething), osProcessColumns(), terminal),
    section(m.cmd_why_host(), why.host, hostColumns(), terminal),
    ...slowerLines(why),
    section(m.why_checks(), why.checks, incidentColumns(terminal), terminal),
  ];
}

function shareColumns(shares: Why["shares"], terminal: Terminal): Column<Why["shares"][number]>[] {
  return [
    { title: m.cmd_col_cause(), cell: causeText, shrinkTo: 16 },
    { title: m.cmd_col_seconds(), align: "right", cell: (row) => duration(row.seconds) },
    { title: m.cmd_col_interval(), align: "right", cell: interval },
    ...barColumns(shares, ({ seconds }) => seconds, terminal),
  ];
}

function causeText({ cause, process, processes, machine, slowerMachine }: Why["shares"][number]): string {
  switch (cause) {
    case "process":
      return machine === undefined ? (process ?? "") : `${process ?? ""} (${machine})`;
    case "group":
      return (processes ?? []).join(" + ");
    case "own-work":
      return m.cmd_cause_own_work();
    case "host":
      return slowerMachine ? m.cause_slower_machine() : m.cmd_cause_host();
    case "unexplained":
      return m.cmd_cause_unexplained();
    default:
      return cause satisfies never;
  }
}

function concurrentColumns(): Column<Why["concurrent"][number]>[] {
  return [
    { title: m.cmd_col_process(), cell: processAndStep, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: (row) => row.machine, shrinkTo: 8 },
    { title: m.cmd_col_overlap(), align: "right", cell: (row) => duration(row.overlapSeconds) },
    { title: m.cmd_col_together(), align: "right", cell: (row) => duration(row.processOverlapSeconds) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => duration(row.usualOverlapSeconds) },
    {
      title: m.cmd_col_blamed(),
      align: "right",
      cell: (row) => duration(row.blamedSeconds),
      colour: (row) => ((row.blamedSeconds ?? 0) > 0 ? "yellow" : undefined),
    },
    { title: m.cmd_col_cpu_time(), align: "right", cell: (row) => duration(row.osUsage?.cpuSeconds) },
    { title: m.cmd_col_io(), align: "right", cell: (row) => bytes(row.osUsage?.ioBytes) },
    { title: m.cmd_col_execution(), cell: (row) => row.execution, shrinkTo: 8 },
  ];
}

function didSomething({ cpuSeconds, ioBytes, runQueueSeconds }: Why["osProcesses"][number]): boolean {
  return cpuSeconds > 0 || (ioBytes ?? 0) > 0 || (runQueueSeconds ?? 0) > 0;
}

function osProcessColumns(): Column<Why["osProcesses"][number]>[] {
  return [
    { title: m.cmd_col_name(), cell: (row) => row.name, shrinkTo: 10 },
    { title: m.cmd_col_user(), cell: (row) => row.user, shrinkTo: 6 },
    { title: m.cmd_col_cpu_time(), align: "right", cell: (row) => duration(row.cpuSeconds) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => duration(row.usualCpuSeconds) },
    { title: m.cmd_col_waited(), align: "right", cell: (row) => duration(row.runQueueSeconds) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => duration(row.usualRunQueueSeconds) },
    { title: m.cmd_col_io(), align: "right", cell: (row) => bytes(row.ioBytes) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => bytes(row.usualIoBytes) },
    { title: m.cmd_col_memory(), align: "right", cell: (row) => bytes(row.rssBytes) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => bytes(row.usualRssBytes) },
  ];
}

function slowerLines({ slowerMachine }: Why): string[] {
  if (slowerMachine.length === 0) return [];
  return ["", m.slower_machine_benchmarks(), ...slowerMachine.map(({ text }) => `  ${printable(text)}`)];
}

function hostColumns(): Column<Why["host"][number]>[] {
  return [
    { title: m.cmd_col_metric(), cell: metricText, shrinkTo: 24 },
    { title: m.cmd_col_value(), align: "right", cell: (row) => measured(row.value, row.unit) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => measured(row.usual, row.unit) },
  ];
}

function metricText({ metric, attributes }: Why["host"][number]): string {
  const values = Object.values(attributes);
  return values.length === 0 ? metric : `${metric} (${values.join(", ")})`;
}
