/** Whether a machine was slower than usual at some time, by the levels of one of its benchmarks. */
import { levelRules, type ScoreLevel } from "./score-levels.ts";

export type Slowdown = {
  /** Seconds since 1970 of the first score that was slower. */
  since: number;
  /** The level then against the usual, below 1. */
  ratio: number;
};

type Level = Pick<ScoreLevel, "at" | "value">;

/** What was usual longer ago is no longer missed. */
const missedSeconds = 90 * 86_400;

/** The best level that held some time in the 90 days up to then; NaN without one. Oldest first, each until the next. */
export function usualScore(levels: readonly Level[], then: number): number {
  const usual = levels.filter(
    ({ at }, k) => at <= then && (levels[k + 1]?.at ?? Infinity) >= then - missedSeconds,
  );
  return usual.length === 0 ? NaN : Math.max(...usual.map(({ value }) => value));
}

/** Null if the machine was as fast as usual, or had no score yet. */
export function slowdownAt(levels: readonly Level[], then: number): Slowdown | null {
  const usual = usualScore(levels, then);
  const isSlow = ({ value }: Level): boolean => value <= usual * (1 - levelRules.leastShare);
  let first = levels.findLastIndex(({ at }) => at <= then);
  const current = levels[first];
  if (!current || !isSlow(current)) return null;
  while (first > 0 && isSlow(levels[first - 1]!)) first--;
  return { since: levels[first]!.at, ratio: current.value / usual };
}
