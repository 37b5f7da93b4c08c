/** The runs of the log that can be weighed: no doubled ones, none without a start, none that ends before it. */
import { isSorted, pick } from "../intervals.ts";
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
  const count = log.start.length;
  const end = new Float64Array(count);
  const timed = new Uint8Array(count);
  const rows = new Int32Array(count);
  let kept = 0;
  const last = new Int32Array(groups).fill(-1);
  for (let row = 0; row < count; row++) {
    const group = log.group[row]!;
    if (!(group >= 0 && group < groups)) throw new RangeError(`group ${group} outside 0..${groups - 1}`);
    const start = log.start[row]!;
    if (!Number.isFinite(start) || (keep && !keep(row))) continue;
    const known = Number.isFinite(log.end[row]!) && log.end[row]! >= start;
    end[row] = known ? log.end[row]! : start;
    timed[row] = known ? log.timed[row]! : 0;
    const before = last[group]!;
    if (before >= 0 && log.start[before] === start && end[before] === end[row]) continue;
    last[group] = row;
    rows[kept++] = row;
  }
  if (kept === count) return { start: log.start, end, group: log.group, timed, row: rows };
  const row = rows.slice(0, kept);
  return pickRuns({ start: log.start, end, group: log.group, timed }, row, row);
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
  return new Map(Array.from(rows, ([number, own]) => [number, within(runs, new Int32Array(own))]));
}

const within = (runs: SoundRuns, at: Int32Array): SoundRuns =>
  pickRuns(runs, at, pick(runs.row, at, new Int32Array(at.length)));

/** `row`: where these stand in the log. */
function pickRuns(
  { start, end, group, timed }: Omit<SoundRuns, "row">,
  at: Int32Array,
  row: Int32Array,
): SoundRuns {
  const count = at.length;
  return {
    start: pick(start, at, new Float64Array(count)),
    end: pick(end, at, new Float64Array(count)),
    group: pick(group, at, new Int32Array(count)),
    timed: pick(timed, at, new Uint8Array(count)),
    row,
  };
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
