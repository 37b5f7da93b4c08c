/** The runs of the log that can be weighed: no doubled ones, none without a start, none that ends before it. */
import { isSorted } from "../intervals.ts";
import type { RunLog } from "./evidence.ts";

/** Sorted by start. `row`: where each stands in the log. */
export type SoundRuns = {
  start: Float64Array;
  end: Float64Array;
  group: Int32Array;
  timed: Uint8Array;
  row: Int32Array;
};

/** A run that ends before it started, or never, was there for an instant and tells no time. RangeError on an unsorted log. */
export function soundRuns(log: RunLog, groups: number, keep?: (row: number) => boolean): SoundRuns {
  if (!isSorted(log.start)) throw new RangeError("the log is not sorted by start");
  const rows: number[] = [];
  const lastStart = new Float64Array(groups).fill(NaN);
  const lastEnd = new Float64Array(groups).fill(NaN);
  for (let row = 0; row < log.start.length; row++) {
    const group = log.group[row]!;
    if (!(group >= 0 && group < groups)) throw new RangeError(`group ${group} outside 0..${groups - 1}`);
    const start = log.start[row]!;
    if (!Number.isFinite(start) || (keep && !keep(row))) continue;
    if (lastStart[group] === start && lastEnd[group] === log.end[row]) continue;
    lastStart[group] = start;
    lastEnd[group] = log.end[row]!;
    rows.push(row);
  }
  const runs = {
    start: Float64Array.from(rows, (row) => log.start[row]!),
    end: new Float64Array(rows.length),
    group: Int32Array.from(rows, (row) => log.group[row]!),
    timed: new Uint8Array(rows.length),
    row: Int32Array.from(rows),
  };
  for (let i = 0; i < rows.length; i++) {
    const end = log.end[rows[i]!]!;
    const known = Number.isFinite(end) && end >= runs.start[i]!;
    runs.end[i] = known ? end : runs.start[i]!;
    runs.timed[i] = known ? log.timed[rows[i]!]! : 0;
  }
  return runs;
}
