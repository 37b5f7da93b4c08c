/**
 * Statistics of a set of durations (any unit; the answer is in the same).
 * - standard deviation: of a sample, divisor n - 1.
 * - quantiles: Hyndman & Fan (1996) type 7, linear between order statistics: R's default, numpy's, SQL's percentile_cont.
 * - MAD: median of absolute deviations from the median, not scaled (for a normal distribution sigma = 1.4826 MAD).
 */
import { select } from "./select.ts";

export type Summary = {
  count: number;
  total: number;
  mean: number;
  /** Null for a single value, which has none. */
  standardDeviation: number | null;
  median: number;
  mad: number;
  p95: number;
  p99: number;
  min: number;
  max: number;
};

/** Null for no values. Throws RangeError on a value that is not finite. `values` stays as it was. */
export function summarize(values: Float64Array): Summary | null {
  const count = values.length;
  if (count === 0) return null;
  let total = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError(`${value} is not a duration`);
    total += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = total / count;
  const work = values.slice();
  // From the top down: each selection leaves everything smaller below its rank.
  const p99 = quantileInPlace(work, 0.99, count);
  const p95 = quantileInPlace(work, 0.95, reach(count, 0.99));
  const median = quantileInPlace(work, 0.5, reach(count, 0.95));
  return {
    count,
    total,
    mean,
    standardDeviation: count === 1 ? null : Math.sqrt(squaredDistances(values, mean) / (count - 1)),
    median,
    mad: medianDistance(work, median),
    p95,
    p99,
    min,
    max,
  };
}

/** The median; NaN for no values. */
export function medianOf(values: ArrayLike<number>): number {
  return values.length === 0 ? NaN : quantileInPlace(new Float64Array(values), 0.5, values.length);
}

/** The same; reorders `values`. */
export function medianInPlace(values: Float64Array): number {
  return quantileInPlace(values, 0.5, values.length);
}

/** Median of absolute distances from `center`; overwrites `values`. */
export function medianDistance(values: Float64Array, center: number): number {
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i]! - center);
  return quantileInPlace(values, 0.5, values.length);
}

/** `values[0, to)` must hold the `to` smallest. */
function quantileInPlace(values: Float64Array, share: number, to: number): number {
  const position = (values.length - 1) * share;
  const rank = Math.floor(position);
  const low = select(values, rank, 0, to);
  const part = position - rank;
  if (part === 0) return low;
  return low + (select(values, rank + 1, rank + 1, to) - low) * part;
}

/** How many of the smallest values are in front once the quantile `share` was selected. */
function reach(count: number, share: number): number {
  return Math.ceil((count - 1) * share) + 1;
}

function squaredDistances(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum;
}
