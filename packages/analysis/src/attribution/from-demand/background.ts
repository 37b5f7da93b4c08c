/**
 * What crowds a machine besides its logged runs: load that no run explains, and what its own host takes away. Measured load
 * less the demand of the runs there, the median of five neighbouring samples (clocks and sampling are off by seconds). Runs
 * ask for a little more one day and less the next: as much of the difference from the usual rest as that explains is
 * theirs, what is more is nobody's.
 */
import { runningMedian } from "../../running-median.ts";
import { medianOf } from "../../statistics.ts";
import { meanDemand, type DemandCurve } from "./demand-curve.ts";
import type { MachineSamples, Resource } from "../evidence.ts";

/** Constant from each instant to the next, ascending; nothing before the first. `stolen`: share of the capacity, 0..1. */
export type Background = {
  at: Float64Array;
  unlogged: Float64Array;
  stolen: Float64Array;
  /** By how much the runs ask for more than usual, all together: 1 is as usual, which is also meant without. */
  asked?: Float64Array;
};

/**
 * How a machine's load is told: how much of it nobody logs, by how much what waits is overstated, and how far a single sample
 * of a crowded machine scatters, as a part of it.
 */
export type Meter = { usualRest: number; queueScale: number; scatter: number };

export const plainMeter: Meter = { usualRest: 0, queueScale: 1, scatter: 0 };

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

export function backgroundOf(
  samples: MachineSamples,
  resource: Resource,
  runs: DemandCurve,
  meter = plainMeter,
): Background {
  const { at } = samples;
  const seconds = sampleSeconds(at);
  const logged = meanDemand(runs, at, seconds);
  const rest = medianOfFive(restOf(samples.load[resource], logged, meter));
  const stolen =
    resource === "cpu" && samples.steal.some((share) => share > leastStep)
      ? stolenShare(samples.steal)
      : null;
  const steps = new Steps();
  let until = -Infinity;
  for (let i = 0; i < at.length; i++) {
    const from = at[i]! - seconds[i]!;
    if (from > until + 1e-6) steps.add(until, 0, 0, 1);
    const { unlogged, asked } = divided(rest[i]!, logged[i]!, meter.usualRest);
    steps.add(Math.max(from, until), unlogged, stolen?.[i] ?? 0, asked);
    until = at[i]!;
  }
  steps.add(until, 0, 0, 1);
  return steps.gathered();
}

/** So much of its demand a run asks for more or less than usual. */
const usualSwing = 0.12;
const mostSwing = 0.4;
/** With less demand there nothing can be told of it. */
const leastLogged = 0.05;

function divided(rest: number, logged: number, usualRest: number): { unlogged: number; asked: number } {
  if (logged < leastLogged) return { unlogged: Math.max(0, rest), asked: 1 };
  const unlogged = usualRest + Math.max(0, rest - usualRest - usualSwing * logged);
  const swing = (rest - unlogged) / logged;
  return { unlogged, asked: 1 + Math.min(mostSwing, Math.max(-mostSwing, swing)) };
}

function restOf(load: Float32Array, logged: Float64Array, { queueScale, usualRest }: Meter): Float64Array {
  const rest = new Float64Array(load.length);
  for (let i = 0; i < rest.length; i++) {
    const told = load[i]!;
    const asked = told > 1 ? 1 + (told - 1) / queueScale : told;
    rest[i] = Number.isFinite(told) ? asked - logged[i]! : usualRest;
  }
  return rest;
}

/** Samples that show what waits well enough to weigh the queue by. */
const crowded = 1.1;
const leastCrowded = 30;
const mostScale = 3;
const mostLooked = 20_000;
const deviationsPerMad = 1.4826;

/** From a long time of samples; `plainMeter` where they are few. */
export function meterOf(samples: MachineSamples, resource: Resource, runs: DemandCurve): Meter {
  const load = samples.load[resource];
  const logged = meanDemand(runs, samples.at, sampleSeconds(samples.at));
  const step = Math.max(1, Math.floor(load.length / mostLooked));
  const rests: number[] = [];
  for (let i = 0; i < load.length; i += step)
    if (logged[i]! < 0.5 && load[i]! < 1) rests.push(load[i]! - logged[i]!);
  if (rests.length < leastCrowded) return plainMeter;
  const usualRest = Math.max(0, medianOf(rests));
  const scales: number[] = [];
  const steps: number[] = [];
  let before = NaN;
  for (let i = 0; i < load.length; i++) {
    const asked = logged[i]! + usualRest;
    if (!(asked > crowded && load[i]! > 0)) {
      before = NaN;
      continue;
    }
    scales.push(Math.max(0, load[i]! - 1) / (asked - 1));
    const beyond = load[i]! / asked;
    if (before > 0) steps.push(Math.abs(beyond - before));
    before = beyond;
  }
  if (scales.length < leastCrowded) return { ...plainMeter, usualRest };
  const queueScale = Math.min(mostScale, Math.max(1 / mostScale, medianOf(scales)));
  // Of two neighbours the difference scatters by the root of two times as much as one.
  const scatter = steps.length < leastCrowded ? 0 : (deviationsPerMad * medianOf(steps)) / Math.SQRT2;
  return { usualRest, queueScale, scatter };
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
  readonly #asked: number[] = [];
  #last = { unlogged: 0, stolen: 0, asked: 1 };

  add(at: number, unlogged: number, stolen: number, asked: number): void {
    const last = this.#last;
    const ends = unlogged === 0 && stolen === 0 && (last.unlogged > 0 || last.stolen > 0);
    const moved = Math.max(
      Math.abs(unlogged - last.unlogged),
      Math.abs(stolen - last.stolen),
      Math.abs(asked - last.asked),
    );
    if (!ends && moved <= leastStep) return;
    this.#at.push(at);
    this.#unlogged.push(unlogged);
    this.#stolen.push(stolen);
    this.#asked.push(asked);
    this.#last = { unlogged, stolen, asked };
  }

  gathered(): Background {
    return {
      at: new Float64Array(this.#at),
      unlogged: new Float64Array(this.#unlogged),
      stolen: new Float64Array(this.#stolen),
      asked: new Float64Array(this.#asked),
    };
  }
}
