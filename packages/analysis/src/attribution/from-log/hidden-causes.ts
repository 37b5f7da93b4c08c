/**
 * How sure it is that the first of the known culprits beside a run is its main cause, and not something that nobody knows of:
 * the victim's own runs without any of them say how often it takes how much longer all the same. Given the excess E, each
 * such h leaves E - h for the culprits, of whom c ~ N(m, v) was expected; by Bayes it weighs as much as that is likely, and the
 * first has its part m_1 + v_1 / V (E - h - M) of it. What was never seen is as likely as one observation, in any size.
 */
import { upperTail } from "./false-discovery.ts";
import type { Expected } from "./run-blame.ts";

/** Relative excess over the normal of runs that no known culprit was planned beside, ascending. */
export type Hidden = Float32Array;

const mostKept = 400;
const unseenSizes = 10;
/** Of the excess: nobody's cost is known better than that. */
const leastDeviation = 0.03;
/** Two causes are as good as the same size when one is this part of the other; a main cause has this part of the excess. */
const least = { ofOther: 0.9, ofExcess: 0.1 };

/** `seconds` and what they should have been, of runs alone. */
export function hiddenOf(seconds: readonly number[], planned: readonly number[]): Hidden {
  const excess = Float32Array.from(seconds, (one, i) => one / planned[i]! - 1).sort();
  const kept = Math.min(mostKept, excess.length);
  return Float32Array.from(
    { length: kept },
    (_, k) => excess[Math.floor(((k + 0.5) * excess.length) / kept)]!,
  );
}

/** 0..1. `first`: a position among the expected; normal and excess in seconds. */
export function sureness(
  expected: readonly Expected[],
  first: number,
  hidden: Hidden,
  normal: number,
  excess: number,
): number {
  const mean = expected.reduce((sum, one) => sum + one.mean, 0);
  const known = expected.reduce((sum, one) => sum + one.variance, 0);
  const variance = known + (leastDeviation * excess) ** 2;
  const own = expected[first]!;
  let [all, right] = [0, 0];
  const weigh = (other: number, times: number) => {
    const left = Math.max(0, excess - other);
    const weight = times * Math.exp(-((left - mean) ** 2) / (2 * variance));
    const part = own.mean + (own.variance / variance) * (left - mean);
    all += weight;
    if (part < least.ofOther * other || part < least.ofExcess * excess) return;
    right += weight * exceedsOthers(part, own, left - mean, variance, expected, first);
  };
  for (const one of hidden) weigh(one * normal, 1);
  for (let size = 1; size <= unseenSizes; size++) weigh((size / unseenSizes) * excess, 1 / unseenSizes);
  return all > 0 ? right / all : 0;
}

/** How likely no other known one has more, each taken by itself. */
function exceedsOthers(
  part: number,
  own: Expected,
  beyond: number,
  variance: number,
  expected: readonly Expected[],
  first: number,
): number {
  let sure = 1;
  for (const [k, other] of expected.entries()) {
    if (k === first) continue;
    const theirs = other.mean + (other.variance / variance) * beyond;
    const spread = own.variance + other.variance - (own.variance - other.variance) ** 2 / variance;
    sure *= upperTail((least.ofOther * theirs - part) / Math.sqrt(Math.max(spread, 1e-12)));
  }
  return sure;
}
