/**
 * Victims with few contended runs borrow from the others: sensitivities to one kind of resource are taken to be scattered
 * about a common mean (empirical Bayes; DerSimonian & Laird 1986 for the scatter), each drawn to it as far as its own error
 * is larger than the scatter.
 */
import { resources } from "../evidence.ts";
import type { Place } from "./places.ts";
import type { Sensitivity } from "./sensitivity.ts";

type Placed = Sensitivity & { place: number };

/** With fewer contended runs a victim is no witness for the others. */
const leastContended = 5;
/** Where there are hardly any witnesses: what a process needs it needs about half of its time, give or take. */
const start = { mean: 0.8, variance: 0.16 };
const leastScatter = 0.01;

/** In place. */
export function poolSensitivities(sensitivities: readonly Placed[][], places: readonly Place[]): void {
  for (const resource of resources) {
    const all = sensitivities.flat().filter(({ place }) => places[place]!.resource === resource);
    const { mean, variance } = poolOf(
      all.filter(({ contended, free }) => Math.min(contended, free) >= leastContended),
    );
    for (const one of all) {
      const own = 1 / one.error ** 2;
      const pooled = 1 / variance;
      one.value = (one.value * own + mean * pooled) / (own + pooled);
      one.error = Math.sqrt(1 / (own + pooled));
    }
  }
}

function poolOf(witnesses: readonly Sensitivity[]): { mean: number; variance: number } {
  let weights = 1 / start.variance;
  let sum = start.mean / start.variance;
  let squares = 0;
  for (const { value, error } of witnesses) {
    const weight = 1 / (error ** 2 + start.variance);
    weights += weight;
    sum += weight * value;
  }
  const mean = sum / weights;
  for (const { value, error } of witnesses) squares += (value - mean) ** 2 - error ** 2;
  // The start counts as three witnesses.
  const variance = (3 * start.variance + squares) / (3 + witnesses.length);
  return { mean, variance: Math.max(leastScatter, variance) };
}
