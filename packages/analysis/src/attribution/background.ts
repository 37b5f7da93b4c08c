/**
 * What crowds a machine besides its logged runs: load that no run explains, and what its own host takes away. Measured load
 * less the demand of the runs there, the median of five neighbouring samples (clocks and sampling are off by seconds),
 * never below zero.
 */
import { runningMedian } from "../running-median.ts";
import { medianOf } from "../statistics.ts";
import { meanDemand, type DemandCurve } from "./demand-curve.ts";
import type { MachineSamples, Resource } from "./evidence.ts";

/** Constant from each instant to the next, ascending; nothing before the first. `stolen`: share of the capacity, 0..1. */
export type Background = { at: Float64Array; unlogged: Float64Array; stolen: Float64Array };

export const noBackground: Background = {
  at: new Float64Array(),
  unlogged: new Float64Array(),
  stolen: new Float64Array(),
};

/** Differences below this are noise, and steps of their own only cost time. */
const leastStep = 0.01;
/** Nobody's host takes more and leaves a machine that answers. */
const mostStolen = 0.95;

const enoughGaps = 999;

/** The seconds that each sample stands for: since the one before it, but not across a gap. */
export function sampleSeconds(at: Float64Array): Float64Array {
  const gaps = new Float64Array(at.length);
  for (let i = 1; i < at.length; i++) gaps[i] = at[i]! - at[i - 1]!;
  const median = medianOf(gaps.subarray(1, 1 + enoughGaps));
  const usual = median > 0 ? median : 60;
  gaps[0] = usual;
  for (let i = 1; i < at.length; i++) if (!(gaps[i]! <= usual * 1.5)) gaps[i] = usual;
  return gaps;
}

export function backgroundOf(samples: MachineSamples, resource: Resource, runs: DemandCurve): Background {
  const { at } = samples;
  const seconds = sampleSeconds(at);
  const unlogged = unloggedLoad(samples, resource, runs, seconds);
  const stolen =
    resource === "cpu" && samples.steal.some((share) => share > leastStep)
      ? stolenShare(samples.steal)
      : null;
  const steps = new Steps();
  let until = -Infinity;
  for (let i = 0; i < at.length; i++) {
    const from = at[i]! - seconds[i]!;
    if (from > until + 1e-6) steps.add(until, 0, 0);
    steps.add(Math.max(from, until), Math.max(0, unlogged[i]!), stolen?.[i] ?? 0);
    until = at[i]!;
  }
  steps.add(until, 0, 0);
  return steps.gathered();
}

function unloggedLoad(
  samples: MachineSamples,
  resource: Resource,
  runs: DemandCurve,
  seconds: Float64Array,
): Float64Array {
  const load = samples.load[resource];
  const rest = meanDemand(runs, samples.at, seconds);
  for (let i = 0; i < rest.length; i++) rest[i] = Number.isFinite(load[i]!) ? load[i]! - rest[i]! : 0;
  return medianOfFive(rest);
}

/** Of each value and two neighbours on both sides; at the ends of three and of one. Two million are nothing for it. */
function medianOfFive(values: Float64Array): Float64Array {
  const medians = values.slice();
  const last = values.length - 1;
  for (let i = 2; i < last - 1; i++) {
    const [a, b, c, d] = [values[i - 2]!, values[i - 1]!, values[i + 1]!, values[i + 2]!];
    // Without the least and the largest of four: what is left with the fifth is three.
    const low = Math.max(Math.min(a, b), Math.min(c, d));
    const high = Math.min(Math.max(a, b), Math.max(c, d));
    medians[i] = medianOfThree(low, high, values[i]!);
  }
  for (const i of [1, last - 1])
    if (i > 0 && i < last) medians[i] = medianOfThree(values[i - 1]!, values[i]!, values[i + 1]!);
  return medians;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function stolenShare(steal: Float32Array): Float64Array {
  const stolen = new Float64Array(steal.length);
  for (let i = 0; i < steal.length; i++) if (steal[i]! > 0) stolen[i] = Math.min(mostStolen, steal[i]!);
  return runningMedian(stolen, 1);
}

/** Changes that are too small to matter make no step. */
class Steps {
  readonly #at: number[] = [];
  readonly #unlogged: number[] = [];
  readonly #stolen: number[] = [];
  #last = { unlogged: 0, stolen: 0 };

  add(at: number, unlogged: number, stolen: number): void {
    const last = this.#last;
    const ends = unlogged === 0 && stolen === 0 && (last.unlogged > 0 || last.stolen > 0);
    const moved =
      Math.abs(unlogged - last.unlogged) > leastStep || Math.abs(stolen - last.stolen) > leastStep;
    if (!ends && !moved) return;
    this.#at.push(at);
    this.#unlogged.push(unlogged);
    this.#stolen.push(stolen);
    this.#last = { unlogged, stolen };
  }

  gathered(): Background {
    return {
      at: new Float64Array(this.#at),
      unlogged: new Float64Array(this.#unlogged),
      stolen: new Float64Array(this.#stolen),
    };
  }
}
