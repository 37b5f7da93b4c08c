/**
 * The normals of one group, one after the other: a process that changed for good has a new one from then on, and its runs
 * before keep theirs. Pure; runs in the analysis thread.
 */
import { deviationRules, findChanges, fitBaseline, logDuration, type Baseline } from "@culprit/analysis";
import { microsPerSecond, type ExecutionKind, type Micros } from "@culprit/protocol/vocabulary";
import { normalRange, type NormalRange } from "./judgement.ts";
import type { GoodRuns } from "./run-groups.ts";

/** `since` is null in the first one, which reaches back for ever. */
export type Era = Baseline & { since: Micros | null; range: NormalRange };

/** Oldest first, [] if there are too few runs to call anything normal. */
export function fitEras({ at, seconds }: GoodRuns, kind: ExecutionKind): Era[] {
  const { leastCount } = deviationRules;
  if (seconds.length < leastCount) return [];
  const firsts = [0];
  for (const { run } of findChanges({ at, logs: seconds.map(logDuration) }))
    if (run - firsts.at(-1)! >= leastCount && seconds.length - run >= leastCount) firsts.push(run);
  return firsts.flatMap((first, k) => {
    const baseline = fitBaseline(seconds.subarray(first, firsts[k + 1]));
    return baseline
      ? [
          {
            ...baseline,
            since: k === 0 ? null : Math.round(at[first]! * microsPerSecond),
            range: normalRange(kind, baseline),
          },
        ]
      : [];
  });
}

/** The one that a run belongs to; the newest without an instant. */
export function eraOf(eras: readonly Era[] | undefined, startedAt: Micros = Infinity): Era | undefined {
  if (!eras) return undefined;
  let at = eras.length - 1;
  while (at > 0 && eras[at]!.since! > startedAt) at--;
  return eras[at];
}
