/**
 * How a process grows: the median of the slopes between all pairs of values (Theil 1950, Sen 1968) of log duration, with
 * Sen's interval from the variance of Kendall's S, widened by (1 + r) / (1 - r) for the autocorrelation r of what the slope
 * leaves. It is a trend only if an interval of three standard deviations is on one side of zero.
 */
import { toBlocks, type LogSeries } from "./blocks.ts";
import { select } from "./select.ts";
import { medianDistance, medianOf } from "./statistics.ts";
import { withoutWeeklyPattern } from "./weekly-pattern.ts";

/** Growth in a week as a share, negative if it shrinks; `low` and `high` bound 95%. */
export type Trend = { perWeek: number; low: number; high: number };

const day = 86_400;
const week = 7 * day;
const leastRuns = 10;
const leastDays = 13.5;
const certain = 3;
/** A smaller growth in a week is not worth a word. */
const leastPerWeek = 0.005;
/** Values: the slopes are half the square of it. */
const mostValues = 300;

/** Null if there is none, or too little to tell. `at`: seconds since 1970, ascending. */
export function findTrend(series: LogSeries): Trend | null {
  const { length } = series.logs;
  if (length < leastRuns || series.at[length - 1]! - series.at[0]! < leastDays * day) return null;
  const blocks = toBlocks(series, mostValues);
  const values = withoutWeeklyPattern(blocks);
  const slopes = slopesOf(blocks.at, values);
  const slope = medianOf(slopes);
  const rest = values.map((value, i) => value - slope * (blocks.at[i]! - blocks.at[0]!));
  const n = values.length;
  const deviation = Math.sqrt(((n * (n - 1) * (2 * n + 5)) / 18) * lasting(rest));
  const bounds = (deviations: number): [number, number] => {
    const apart = deviations * deviation;
    const rank = (position: number) => Math.min(slopes.length - 1, Math.max(0, Math.round(position)));
    return [
      select(slopes, rank((slopes.length - apart) / 2)),
      select(slopes, rank((slopes.length + apart) / 2)),
    ];
  };
  const [least, most] = bounds(certain);
  const perWeek = Math.expm1(slope * week);
  if ((least <= 0 && most >= 0) || Math.abs(perWeek) < leastPerWeek) return null;
  const [low, high] = bounds(1.96);
  // Many runs within a moment have slopes of their own, which the whole time does not show.
  const steepest = (2 * rangeOf(values)) / (blocks.at.at(-1)! - blocks.at[0]!);
  if (Math.max(Math.abs(low), Math.abs(high)) > steepest) return null;
  return { perWeek, low: Math.expm1(low * week), high: Math.expm1(high * week) };
}

function rangeOf(values: Float64Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}

function slopesOf(at: Float64Array, values: Float64Array): Float64Array {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const passed = at[i]! - at[j]!;
      if (passed > 0) slopes[count++] = (values[i]! - values[j]!) / passed;
    }
  }
  return slopes.subarray(0, count);
}

/** By how much noise that lasts widens an interval; outliers drawn in, so that they don't hide it. */
function lasting(rest: Float64Array): number {
  const middle = medianOf(rest);
  const most = 3 * 1.4826 * medianDistance(rest.slice(), middle);
  if (most === 0) return 1;
  let squares = 0;
  let products = 0;
  let before = 0;
  for (const value of rest) {
    const distance = Math.min(most, Math.max(-most, value - middle));
    squares += distance ** 2;
    products += distance * before;
    before = distance;
  }
  const shown = products / squares;
  const correlation = Math.min(0.9, Math.max(0, shown + (1 + 3 * shown) / rest.length));
  return (1 + correlation) / (1 - correlation);
}
