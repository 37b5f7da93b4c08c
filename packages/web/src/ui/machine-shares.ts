/** One line for several series of a machine, on the times that any of them has. */
import type { Series } from "@culprit/protocol";

export type Line = { times: number[]; values: (number | null)[] };

/** CPU time in use: all modes but idle and waiting for input or output. Series are `system.cpu.utilization` by mode. */
export function busyShare(series: readonly Series[]): Line {
  const busy = series.filter(({ attributes }) => !["idle", "iowait"].includes(attributes["cpu.mode"] ?? ""));
  return combined(busy, (values) => values.reduce((sum, value) => sum + value, 0));
}

/** The fullest disk, the worst stall: the highest of the values at each time. */
export function highestShare(series: readonly Series[]): Line {
  return combined(series, (values) => Math.max(...values));
}

/** Values of one time together; null where none of the series has one. */
export function combined(series: readonly Series[], combine: (values: number[]) => number): Line {
  const byTime = new Map<number, number[]>();
  for (const { times, values } of series) {
    for (const [index, time] of times.entries()) {
      const value = values[index];
      const known = byTime.get(time) ?? [];
      if (value !== null && value !== undefined) known.push(value);
      byTime.set(time, known);
    }
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  return {
    times,
    values: times.map((time) => {
      const known = byTime.get(time)!;
      return known.length > 0 ? combine(known) : null;
    }),
  };
}
