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
    start: new Float64Array(rows.length),
    end: new Float64Array(rows.length),
    group: new Int32Array(rows.length),
    timed: new Uint8Array(rows.length),
    row: new Int32Array(rows),
  };
  for (let i = 0; i < rows.length; i++) {
    runs.start[i] = log.start[rows[i]!]!;
    runs.group[i] = log.group[rows[i]!]!;
    const end = log.end[rows[i]!]!;
    const known = Number.isFinite(end) && end >= runs.start[i]!;
    runs.end[i] = known ? end : runs.start[i]!;
    runs.timed[i] = known ? log.timed[rows[i]!]! : 0;
  }
  return runs;
}

/** The runs apart by what number their group has, in their order. */
export function partition(runs: SoundRuns, numberOf: (group: number) => number): Map<number, SoundRuns> {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < runs.group.length; i++) {
    const number = numberOf(runs.group[i]!);
    const own = rows.get(number);
    if (own) own.push(i);
    else rows.set(number, [i]);
  }
  return new Map(Array.from(rows, ([number, own]) => [number, pickRuns(runs, new Int32Array(own))]));
}

function pickRuns(runs: SoundRuns, rows: Int32Array): SoundRuns {
  const picked = {
    start: new Float64Array(rows.length),
    end: new Float64Array(rows.length),
    group: new Int32Array(rows.length),
    timed: new Uint8Array(rows.length),
    row: new Int32Array(rows.length),
  };
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!;
    picked.start[k] = runs.start[i]!;
    picked.end[k] = runs.end[i]!;
    picked.group[k] = runs.group[i]!;
    picked.timed[k] = runs.timed[i]!;
    picked.row[k] = runs.row[i]!;
  }
  return picked;
}

/** By group the positions of its runs, in their order. */
export function rowsByGroup({ group }: SoundRuns, groups: number): Int32Array[] {
  const counts = new Int32Array(groups);
  for (const one of group) counts[one]!++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(groups);
  for (let i = 0; i < group.length; i++) rows[group[i]!]![filled[group[i]!]!++] = i;
  return rows;
}
