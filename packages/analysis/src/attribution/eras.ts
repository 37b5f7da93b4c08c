/** The normals of a group, one after the other: after a change for good its runs are judged by what came since. */
import { deviationRules, fitBaseline, logDuration, type Baseline } from "../baseline.ts";
import { findChanges } from "../changes.ts";
import type { GroupRuns } from "./grouped-runs.ts";

/** `since` is -Infinity in the first one. */
export type Era = Baseline & { since: number };

/** Oldest first; none if there are too few timed runs to call anything normal. */
export function fitEras({ start, end, timed }: GroupRuns): Era[] {
  const { leastCount } = deviationRules;
  const kept: number[] = [];
  for (let i = 0; i < start.length; i++) if (timed[i]) kept.push(i);
  if (kept.length < leastCount) return [];
  const at = Float64Array.from(kept, (i) => start[i]!);
  const seconds = Float64Array.from(kept, (i) => end[i]! - start[i]!);
  const firsts = [0];
  for (const { run } of findChanges({ at, logs: seconds.map(logDuration) }))
    if (run - firsts.at(-1)! >= leastCount && seconds.length - run >= leastCount) firsts.push(run);
  return firsts.flatMap((first, k) => {
    const baseline = fitBaseline(seconds.subarray(first, firsts[k + 1]));
    return baseline ? [{ ...baseline, since: k === 0 ? -Infinity : at[first]! }] : [];
  });
}

/** The era of a run that starts at `start`; undefined if the group has none. */
export function eraAt(eras: readonly Era[], start: number): Era | undefined {
  let at = eras.length - 1;
  while (at > 0 && eras[at]!.since > start) at--;
  return eras[at];
}
