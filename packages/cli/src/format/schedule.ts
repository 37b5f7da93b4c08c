/** What to move, what that would gain and what it gained, as text for a terminal. */
import { m } from "@culprit/messages";
import type { DoneMove, Herd, Schedule, ScheduleAdvice, WhatIf } from "@culprit/protocol";
import type { Terminal } from "../terminal.ts";
import { count, duration, interval, localTime, shift } from "./quantity.ts";
import { section } from "./section.ts";
import { formatTable, printable, type Column } from "./table.ts";

type Placed = { process: string; machine: string };
type Saving = { savingSeconds: number; low: number; high: number };

export function formatSchedule({ text, advice, done, herds }: Schedule, terminal: Terminal): string {
  return [
    printable(text),
    advice.length === 0 ? "" : `\n${formatTable(adviceColumns(), advice, terminal)}`,
    section(m.cmd_schedule_done(), done, doneColumns(terminal), terminal),
    section(m.cmd_schedule_herds(), herds, herdColumns(), terminal),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

export function formatWhatIf({ text, processes }: WhatIf, terminal: Terminal): string {
  if (processes.length === 0) return printable(text);
  const columns: Column<WhatIf["processes"][number]>[] = [
    ...placeColumns(),
    { title: m.cmd_col_loses(), align: "right", cell: ({ lostSeconds }) => duration(lostSeconds) },
    ...savingColumns(),
  ];
  return `${printable(text)}\n\n${formatTable(columns, processes, terminal)}`;
}

function placeColumns<Row extends Placed>(): Column<Row>[] {
  return [
    { title: m.cmd_col_process(), cell: ({ process }) => process, shrinkTo: 12 },
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
  ];
}

function savingColumns<Row extends Saving>(): Column<Row>[] {
  return [
    {
      title: m.cmd_col_saves(),
      align: "right",
      cell: ({ savingSeconds }) => duration(savingSeconds),
      colour: ({ low, high }) => (low > 0 ? "green" : high < 0 ? "red" : undefined),
    },
    { title: m.cmd_col_interval(), align: "right", cell: interval },
  ];
}

function adviceColumns(): Column<ScheduleAdvice>[] {
  return [
    ...placeColumns<ScheduleAdvice>(),
    { title: m.cmd_col_starts_now(), cell: ({ startsNow }) => timesOfDay(startsNow), shrinkTo: 14 },
    { title: m.cmd_col_starts_then(), cell: ({ startsThen }) => timesOfDay(startsThen), shrinkTo: 14 },
    { title: m.cmd_col_zone(), cell: ({ zone }) => zone, shrinkTo: 6 },
    { title: m.cmd_col_move(), align: "right", cell: ({ shiftSeconds }) => shift(shiftSeconds) },
    ...savingColumns<ScheduleAdvice>(),
    {
      title: m.cmd_col_victims(),
      cell: ({ victims }) => [...new Set(victims.map(({ process }) => process))].join(", "),
      shrinkTo: 12,
    },
  ];
}

function doneColumns({ timeZone }: Terminal): Column<DoneMove>[] {
  return [
    ...placeColumns<DoneMove>(),
    { title: m.cmd_col_moved({ zone: timeZone }), cell: ({ movedAt }) => localTime(movedAt, timeZone) },
    { title: m.cmd_col_move(), align: "right", cell: ({ shiftSeconds }) => shift(shiftSeconds) },
    ...savingColumns<DoneMove>(),
    { title: m.cmd_col_runs_before(), align: "right", cell: ({ runsBefore }) => count(runsBefore) },
    { title: m.cmd_col_runs_after(), align: "right", cell: ({ runsAfter }) => count(runsAfter) },
  ];
}

/** As many times of day as a line holds. */
const mostTimes = 4;

const timesOfDay = (times: readonly string[]): string =>
  [...times.slice(0, mostTimes), ...(times.length > mostTimes ? ["…"] : [])].join(" ");

function herdColumns(): Column<Herd>[] {
  return [
    { title: m.cmd_col_machine(), cell: ({ machine }) => machine, shrinkTo: 8 },
    {
      title: m.cmd_col_starts_at(),
      cell: ({ startsAt }) => (startsAt.length === 0 ? m.cmd_herds_changing() : timesOfDay(startsAt)),
    },
    { title: m.cmd_col_zone(), cell: ({ zone }) => zone, shrinkTo: 6 },
    { title: m.cmd_col_started_together(), align: "right", cell: ({ runs }) => count(runs) },
    {
      title: m.cmd_col_processes(),
      cell: ({ processes }) => processes.map(({ process }) => process).join(", "),
      shrinkTo: 20,
    },
  ];
}
