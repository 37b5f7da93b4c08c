/** Whether a machine was slower than usual at some time, by the levels of one of its benchmarks. */
import { levelRules, type ScoreLevel, type Scores } from "./score-levels.ts";

export type Slowdown = {
  /** Seconds since 1970 of the first score that was slower. */
  since: number;
  /** The level then against the usual, below 1. */
  ratio: number;
};

/** What was usual longer ago is no longer missed. */
export const usualSeconds = 90 * 86_400;

/** The best level that held some time in the 90 days up to then; NaN without a score before. */
export function usualScore({ at }: Scores, levels: readonly ScoreLevel[], then: number): number {
  const usual = levels.filter(
    ({ from, to }) => at[from]! <= then && (to === at.length || at[to]! >= then - usualSeconds),
  );
  return usual.length === 0 ? NaN : Math.max(...usual.map(({ value }) => value));
}

/** Null if the machine was as fast as usual, or had no score yet. */
export function slowdownAt(scores: Scores, levels: readonly ScoreLevel[], then: number): Slowdown | null {
  const current = levels.findLastIndex(({ from }) => scores.at[from]! <= then);
  if (current < 0) return null;
  const usual = usualScore(scores, levels, then);
  const isSlow = ({ value }: ScoreLevel) => value <= usual * (1 - levelRules.leastShare);
  const level = levels[current]!;
  if (!isSlow(level)) return null;
  let first = current;
  while (first > 0 && isSlow(levels[first - 1]!)) first--;
  return { since: scores.at[levels[first]!.from]!, ratio: level.value / usual };
}
