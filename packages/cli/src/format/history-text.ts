/** Changes, trends, overlaps and hours of a process as lines for a terminal. */
import { m } from "@culprit/messages";
import { getLocale } from "@culprit/messages/runtime";
import type { DurationChange, HoursOfWeek, ProcessDetail } from "@culprit/protocol";
import { blocks } from "./bar.ts";
import { count, duration, share } from "./quantity.ts";
import type { Column } from "./table.ts";

type MachineRow = ProcessDetail["perMachine"][number];
export type ChangeRow = DurationChange & { machine: string };

const signed = (percent: number): string => `${percent > 0 ? "+" : ""}${share(percent / 100)}`;

export function changeRows(machines: readonly MachineRow[]): ChangeRow[] {
  return machines.flatMap(({ machine, changes }) => changes.map((change) => ({ ...change, machine })));
}

export function changeColumns(time: (instant: string) => string, zone: string): Column<ChangeRow>[] {
  return [
    { title: m.cmd_col_machine(), shrinkTo: 8, cell: ({ machine }) => machine },
    { title: `${m.statistics_since().toUpperCase()} (${zone})`, cell: ({ at }) => time(at) },
    {
      title: m.statistics_change().toUpperCase(),
      align: "right",
      cell: ({ changePercent }) => signed(changePercent),
      colour: ({ changePercent }) => (changePercent > 0 ? "yellow" : undefined),
    },
    {
      title: m.statistics_change_bounds().toUpperCase(),
      align: "right",
      cell: ({ lowPercent, highPercent }) => `${signed(lowPercent)} … ${signed(highPercent)}`,
    },
    {
      title: m.statistics_before().toUpperCase(),
      align: "right",
      cell: ({ medianBeforeSeconds }) => duration(medianBeforeSeconds),
    },
    {
      title: m.statistics_after().toUpperCase(),
      align: "right",
      cell: ({ medianAfterSeconds }) => duration(medianAfterSeconds),
    },
    {
      title: m.statistics_runs_after().toUpperCase(),
      align: "right",
      cell: ({ runsAfter }) => count(runsAfter),
    },
  ];
}

export function trendText({ trend }: MachineRow): string {
  if (!trend) return "–";
  return m.statistics_weekly({
    share: signed(trend.weeklyPercent),
    low: signed(trend.lowPercent),
    high: signed(trend.highPercent),
  });
}

export function overlapText({ selfOverlap: { runs, runsShare } }: MachineRow): string {
  return runs === 0 ? "–" : `${count(runs)} (${share(runsShare)})`;
}

/** A line for each day from Monday, a block for each hour: the taller, the more runs started in it. */
export function weekLines({ counts }: HoursOfWeek): string[] {
  const hours = blocks(counts);
  const format = new Intl.DateTimeFormat(getLocale(), { weekday: "short", timeZone: "UTC" });
  const monday = Date.UTC(2026, 0, 5);
  const names = Array.from({ length: 7 }, (_, day) => format.format(monday + day * 86_400_000));
  const width = Math.max(...names.map((name) => name.length));
  return [
    `${" ".repeat(width)} 0     6     12    18`,
    ...names.map((name, day) => `${name.padEnd(width)} ${hours.slice(day * 24, day * 24 + 24)}`),
  ];
}
