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

/** Samples on each side. */
const halfMedian = 2;
/** Differences below this are noise, and steps of their own only cost time. */
const leastStep = 0.01;
/** Nobody's host takes more and leaves a machine that answers. */
const mostStolen = 0.95;

const enoughGaps = 999;

/** The seconds that each sample stands for: since the one before it, but not across a gap. */
export function sampleSeconds(at: Float64Array): Float64Array {
  const gaps = at.map((instant, i) => (i === 0 ? Infinity : instant - at[i - 1]!));
  const usual = medianOf(gaps.subarray(1, 1 + enoughGaps));
  const most = Number.isFinite(usual) ? usual * 1.5 : 60;
  return gaps.map((gap) => (gap <= most ? gap : Number.isFinite(usual) ? usual : most));
}

export function backgroundOf(samples: MachineSamples, resource: Resource, runs: DemandCurve): Background {
  const { at, steal } = samples;
  const load = samples.load[resource];
  const seconds = sampleSeconds(at);
  const known = at.map((_, i) => (Number.isFinite(load[i]!) ? 1 : 0));
  const logged = meanDemand(runs, at, seconds);
  const rest = Float64Array.from(at, (_, i) => (known[i] ? load[i]! - logged[i]! : 0));
  const smooth = runningMedian(rest, halfMedian);
  const stolenNow = resource === "cpu" ? Float64Array.from(steal, (share) => (share > 0 ? share : 0)) : null;
  const stolen = stolenNow && runningMedian(stolenNow, 1);
  const steps = { at: [] as number[], unlogged: [] as number[], stolen: [] as number[] };
  let last = { until: -Infinity, unlogged: 0, stolen: 0 };
  for (let i = 0; i < at.length; i++) {
    const from = at[i]! - seconds[i]!;
    if (from > last.until + 1e-6 && (last.unlogged > 0 || last.stolen > 0)) add(last.until, 0, 0);
    const unlogged = Math.max(0, smooth[i]!);
    const taken = Math.min(mostStolen, stolen?.[i] ?? 0);
    if (Math.abs(unlogged - last.unlogged) > leastStep || Math.abs(taken - last.stolen) > leastStep)
      add(Math.max(from, last.until), unlogged, taken);
    last.until = at[i]!;
  }
  if (last.unlogged > 0 || last.stolen > 0) add(last.until, 0, 0);
  return {
    at: Float64Array.from(steps.at),
    unlogged: Float64Array.from(steps.unlogged),
    stolen: Float64Array.from(steps.stolen),
  };

  function add(instant: number, unlogged: number, taken: number): void {
    steps.at.push(instant);
    steps.unlogged.push(unlogged);
    steps.stolen.push(taken);
    last = { until: instant, unlogged, stolen: taken };
  }
}
