/** The runs of each group in the order of their starts, without what tells nothing: doubled runs and times that are none. */
import { isSorted } from "../intervals.ts";
import type { RunLog } from "./evidence.ts";

export type GroupRuns = {
  /** Positions in the log. */
  run: Int32Array;
  start: Float64Array;
  end: Float64Array;
  timed: Uint8Array;
};

/** One for each of `groups`. RangeError if the log is not sorted by start or names a group that is not there. */
export function groupRuns({ start, end, group, timed }: RunLog, groups: number): GroupRuns[] {
  if (!isSorted(start)) throw new RangeError("the log is not sorted by start");
  const counts = new Int32Array(groups);
  for (const one of group) {
    if (!(one >= 0 && one < groups)) throw new RangeError(`group ${one} outside 0..${groups - 1}`);
    counts[one]!++;
  }
  const grouped = Array.from(counts, (count) => ({
    run: new Int32Array(count),
    start: new Float64Array(count),
    end: new Float64Array(count),
    timed: new Uint8Array(count),
  }));
  const filled = new Int32Array(groups);
  for (let i = 0; i < start.length; i++) {
    if (!Number.isFinite(start[i]!)) continue;
    const one = group[i]!;
    const runs = grouped[one]!;
    const known = Number.isFinite(end[i]!) && end[i]! >= start[i]!;
    const until = known ? end[i]! : start[i]!;
    const at = filled[one]!;
    if (at > 0 && runs.start[at - 1] === start[i] && runs.end[at - 1] === until) continue;
    runs.run[at] = i;
    runs.start[at] = start[i]!;
    runs.end[at] = until;
    runs.timed[at] = known ? timed[i]! : 0;
    filled[one]!++;
  }
  return grouped.map((runs, one) => {
    const count = filled[one]!;
    return {
      run: runs.run.subarray(0, count),
      start: runs.start.subarray(0, count),
      end: runs.end.subarray(0, count),
      timed: runs.timed.subarray(0, count),
    };
  });
}
