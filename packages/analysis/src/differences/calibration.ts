/**
 * What a surprise is worth where many series were looked at on many days: each day before, taken in its turn as the one in
 * question, tells how often such a surprise comes by itself to series of such a shape.
 *
 * Minus ln p, which is exponential where the tests' assumptions hold, is taken as exponential beyond a threshold, with the
 * mean excess of the days before (peaks over threshold: Pickands 1975), the longest tail of several thresholds; and nothing
 * is rarer than it was; a constant that changes for the first time is as rare as half a case among all (Jeffreys). Tails
 * get longer by this, never shorter. One bad day among the days before does not make the
 * others blind: of their mean excesses the one at `ofDays` of their order counts, of their counts all but the highest.
 */
import { lowerBound } from "../busy.ts";
import { shapes, type Shape, type Surprise } from "./surprise.ts";

const parts = [0.1, 0.03, 0.01];
const ofDays = 0.8;
/** On a day; with fewer beyond the threshold all days count together. */
const leastBeyond = 5;
/** Surprises of one shape; with fewer all shapes count together. */
const leastAlike = 60;
/** Beyond all that a tail tells: of series that never had but one value. */
const unheardOf = 60;

/** For a surprise ln p of one as large. `days`: by day before, the surprises of all series. */
export function calibrate(days: readonly (readonly Surprise[])[]): (surprise: Surprise) => number {
  const ofAll = calibration(days);
  const byShape = new Map<Shape, (logP: number) => number>();
  for (const shape of shapes) {
    const alike = days.map((surprises) => surprises.filter((one) => one.shape === shape));
    const enough = alike.reduce((sum, { length }) => sum + length, 0) >= leastAlike;
    byShape.set(shape, enough ? calibration(alike) : ofAll);
  }
  return ({ shape, logP }) => byShape.get(shape)!(logP);
}

function calibration(days: readonly (readonly Surprise[])[]): (logP: number) => number {
  const byDay = days.map((surprises) => Float64Array.from(surprises, ({ logP }) => sizeOf(logP)).sort());
  const all = Float64Array.from(byDay.flatMap((sizes) => [...sizes])).sort();
  if (all.length === 0) return () => 0;
  const tails = parts.map((part) => {
    const threshold = all[Math.ceil((1 - part) * all.length) - 1]!;
    return { part, threshold, excess: Math.max(1, meanExcess(byDay, threshold)) };
  });
  return (logP) => {
    const size = sizeOf(logP);
    const counts = byDay.map((sizes) => sizes.length - lowerBound(sizes, size));
    const before = withoutBadDay(counts);
    const bounds = tails
      .filter(({ threshold }) => size > threshold)
      .map(({ part, threshold, excess }) => Math.log(part) - (size - threshold) / excess);
    const seen = size < unheardOf ? before / all.length : (before + 0.5) / (all.length + 1);
    return Math.max(-size, Math.log(seen), ...bounds);
  };
}

/** The sum, without the highest one if it is one of its own. */
function withoutBadDay(counts: readonly number[]): number {
  const sum = counts.reduce((total, count) => total + count, 0);
  const most = Math.max(...counts);
  const usual = (sum - most) / Math.max(1, counts.length - 1);
  return most > 4 * (usual + 1) ? sum - most : sum;
}

const sizeOf = (logP: number): number => Math.min(unheardOf, -logP);

/** Of all days that have enough of them the one at `ofDays`, else of all together; 0 for none. */
function meanExcess(days: readonly Float64Array[], threshold: number): number {
  const excesses = days.map((sizes) =>
    sizes.subarray(lowerBound(sizes, threshold)).map((size) => size - threshold),
  );
  const means = excesses.filter(({ length }) => length >= leastBeyond).map(meanOf);
  if (means.length < days.length / 2) return meanOf(excesses.flatMap((one) => [...one]));
  return means.toSorted((a, b) => a - b)[Math.ceil(ofDays * means.length) - 1]!;
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
};
