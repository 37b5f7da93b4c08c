/** The sound runs of each group, in the order of their starts. */
import { pick } from "../intervals.ts";
import type { RunLog } from "./evidence.ts";
import { rowsByGroup, soundRuns } from "./sound-runs.ts";

export type GroupRuns = {
  /** Positions in the log. */
  run: Int32Array;
  start: Float64Array;
  end: Float64Array;
  timed: Uint8Array;
};

/** One for each of `groups`. RangeError if the log is not sorted by start or names a group that is not there. */
export function groupRuns(log: RunLog, groups: number): GroupRuns[] {
  const runs = soundRuns(log, groups);
  return rowsByGroup(runs, groups).map((rows) => ({
    run: pick(runs.row, rows, new Int32Array(rows.length)),
    start: pick(runs.start, rows, new Float64Array(rows.length)),
    end: pick(runs.end, rows, new Float64Array(rows.length)),
    timed: pick(runs.timed, rows, new Uint8Array(rows.length)),
  }));
}
