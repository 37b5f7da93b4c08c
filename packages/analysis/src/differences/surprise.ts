/**
 * How unusual one value is beside a few others. Each doubt counts against a difference: of all tests the least surprised
 * one is believed.
 *   - what is measured is tested as it is, and as its logarithm where all is positive: what is skewed one way is not so in
 *     the other (new-value.ts);
 *   - counts that come one by one are Poisson's; where they may come in clusters, the test of their square roots counts, too.
 */
import { medianOf } from "../statistics.ts";
import { countTails, mayCluster } from "./count-tails.ts";
import { newValueTests } from "./new-value.ts";

/** One series; the value in question apart. NaN: no value. `at`: days after the one in question, negative before it. */
export type References = {
  values: Float64Array;
  at: Float64Array;
  /** Whether its day is of the same kind (working day, weekend), and whether it is the same weekday. */
  sameKind: Uint8Array;
  sameWeekday: Uint8Array;
};

/** What the references look like: surprises come more easily to some. */
export const shapes = ["smooth", "heavy-tailed", "mostly one value", "counts"] as const;
export type Shape = (typeof shapes)[number];

/**
 * `logP`: ln of how likely a value as far away is, to either side; -Infinity where nothing but one value was ever seen.
 * `usual`: the median of days of this kind. `score`: robust standard deviations from it.
 */
export type Surprise = { logP: number; usual: number; score: number; shape: Shape };

export const leastReferences = 3;
/** Of the same kind of day: one of them is no level. */
const leastAlike = 2;
/** Of the level: a smaller spread would make news of a constant's last digit. */
const leastSpread = 0.01;
/** Poisson's standard deviation of the square root of a count. */
const spreadOfRoot = 0.5;
/** Robust standard deviations of the farthest reference, above which its tails are heavy. */
const heavy = 6;
/** A score says no more than this: the spread of a constant is nothing. */
const highestScore = 99;

/** `isCount`: of events in the span. Null with less than `least` references, or too few of the same kind of day. */
export function surpriseOf(
  value: number,
  references: References,
  isCount: boolean,
  least = leastReferences,
): Surprise | null {
  if (Number.isNaN(value)) return null;
  const present = withoutGaps(references);
  const alike = present.values.filter((_, i) => present.sameKind[i] === 1);
  if (present.values.length < least || alike.length < leastAlike) return null;
  const usual = medianOf(alike);
  const { spread, shape } = spreadOf(present, usual);
  const score = value === usual ? 0 : (value - usual) / Math.max(spread, leastSpread * Math.abs(usual));
  return {
    logP: isCount ? countLogP(value, present, alike) : measureLogP(value, present),
    usual,
    score: Math.max(-highestScore, Math.min(highestScore, score)),
    shape: isCount ? "counts" : shape,
  };
}

function measureLogP(value: number, present: References): number {
  const asItIs = newValueTests(value, present, (level) => leastSpread * Math.abs(level));
  if (!(value > 0) || !present.values.every((one) => one > 0)) return asItIs;
  const logs = { ...present, values: present.values.map(Math.log) };
  return Math.max(
    asItIs,
    newValueTests(Math.log(value), logs, () => leastSpread),
  );
}

function countLogP(value: number, present: References, alike: Float64Array): number {
  const poisson = Math.log(Math.max(1e-300, countTails(value, alike)));
  if (!mayCluster(alike)) return poisson;
  const roots = { ...present, values: present.values.map(Math.sqrt) };
  return Math.max(
    poisson,
    newValueTests(Math.sqrt(value), roots, () => spreadOfRoot),
  );
}

function withoutGaps(references: References): References {
  const { values, at, sameKind, sameWeekday } = references;
  if (!values.some(Number.isNaN)) return references;
  const isThere = (_: number, i: number): boolean => !Number.isNaN(values[i]!);
  return {
    values: values.filter(isThere),
    at: at.filter(isThere),
    sameKind: sameKind.filter(isThere),
    sameWeekday: sameWeekday.filter(isThere),
  };
}

/** 1.4826 MAD about the medians of the two kinds of days. */
function spreadOf({ values, sameKind }: References, usual: number): { spread: number; shape: Shape } {
  const others = medianOf(values.filter((_, i) => sameKind[i] === 0));
  const distances = values.map((value, i) => Math.abs(value - (sameKind[i] === 1 ? usual : others)));
  const spread = 1.4826 * medianOf(distances);
  if (spread === 0) return { spread, shape: "mostly one value" };
  return { spread, shape: Math.max(...distances) > heavy * spread ? "heavy-tailed" : "smooth" };
}
