/**
 * The normal of a process and what deviates from it: median and MAD on log duration, because durations are skewed and
 * slowdowns multiply. A run deviates, to either side, if it is
 *   - more than `score` robust standard deviations from the median (3.5: Iglewicz & Hoaglin 1993), the deviation being
 *     1.4826 MAD but never less than `leastSpread` (a job that always takes 6.00 s is not late at 6.05 s), and
 *   - more than `leastSeconds` from the median (a 3 ms job of 5 ms is no event).
 */
import { medianDistance, medianOf, summarize } from "./statistics.ts";

export type Baseline = {
  count: number;
  medianSeconds: number;
  madSeconds: number;
  p95Seconds: number;
  /** Median and robust standard deviation of the natural logarithm of the duration in seconds. */
  logMedian: number;
  logSpread: number;
};

export type DeviationRules = {
  leastCount: number;
  score: number;
  leastSpread: number;
  leastSeconds: number;
};

export const deviationRules: DeviationRules = {
  leastCount: 8,
  score: 3.5,
  leastSpread: 0.05,
  leastSeconds: 1,
};

/** Durations below this are taken as this: clocks tell no more, and zero has no logarithm. */
const shortestSeconds = 0.001;

/** For a normal distribution the standard deviation is this many MADs: 1 / inverse normal of 3/4. */
const deviationsPerMad = 1.4826;

export type RunDeviation = { direction: "slow" | "fast"; score: number };

/** Null if there are fewer than `leastCount` durations (seconds, >= 0). */
export function fitBaseline(durations: Float64Array, rules = deviationRules): Baseline | null {
  const summary = summarize(durations);
  if (!summary || summary.count < rules.leastCount) return null;
  const logs = durations.map(logDuration);
  const logMedian = medianOf(logs);
  return {
    count: summary.count,
    medianSeconds: summary.median,
    madSeconds: summary.mad,
    p95Seconds: summary.p95,
    logMedian,
    logSpread: deviationsPerMad * medianDistance(logs, logMedian),
  };
}

/** How a run of `seconds` deviates from its normal; null if it does not. */
export function deviationOf(
  seconds: number,
  baseline: Pick<Baseline, "medianSeconds" | "logMedian" | "logSpread">,
  rules = deviationRules,
): RunDeviation | null {
  const excess = seconds - baseline.medianSeconds;
  if (Math.abs(excess) < rules.leastSeconds) return null;
  const score = (logDuration(seconds) - baseline.logMedian) / Math.max(baseline.logSpread, rules.leastSpread);
  if (Math.abs(score) < rules.score) return null;
  return { direction: score > 0 ? "slow" : "fast", score };
}

/** The natural logarithm of a duration. */
export function logDuration(seconds: number): number {
  return Math.log(Math.max(seconds, shortestSeconds));
}
