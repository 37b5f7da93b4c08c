/**
 * What each suspect asks of a machine, from the machine's own samples: load = sum of running_k D_k + what is not logged,
 * solved for D >= 0 by weighted least squares within blocks of some hours (unlogged load of that length drops out), with
 * the measured demand as the prior and Huber's weights against bursts that nobody logged. For a database that others use
 * from afar this is the only measure of their demand.
 */
import { medianOf } from "../../statistics.ts";
import type { LoadRows } from "./load-rows.ts";
import { inverseOf } from "./symmetric.ts";

/** By column; standard deviations. */
export type DemandPrior = { demand: Float64Array; error: Float64Array };

const rounds = 3;
const huber = 1.5;
/** Load that is not logged and the meter's own error keep a row's noise above this. */
const leastNoise = 0.005;
/** A meter that never shows more than all of it counts what is served alone: where it was full it tells nothing. */
const fullLoad = 1.03;
const nearlyFull = 0.95;
const leastRows = 30;
/** What waits is told worse than what is served, by so many times. */
const queueDoubt = 10;
/** A resource that is never asked for more than this makes nobody wait, whoever asks for it. */
const leastLoad = 0.5;

/** The prior itself where the samples tell nothing. */
export function demandFromLoad(rows: LoadRows, load: Float64Array, prior: DemandPrior): DemandPrior {
  if (!load.some((value) => value > leastLoad)) return prior;
  const clipped = load.every((value) => !(value > fullLoad));
  const used = Uint8Array.from(load, (value) =>
    Number.isFinite(value) && !(clipped && value > nearlyFull) ? 1 : 0,
  );
  if (used.reduce((count, one) => count + one, 0) < leastRows) return prior;
  const size = prior.demand.length;
  let demand: Float64Array = prior.demand.slice();
  let error = prior.error;
  for (let round = 0; round < rounds; round++) {
    const { weight, noise, echo } = weigh(rows, load, used, demand, round > 0);
    const { normal, right } = normalEquations(rows, load, used, weight, size);
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < size; j++) normal[k * size + j]! /= noise ** 2 * echo;
      right[k] = right[k]! / (noise ** 2 * echo) + prior.demand[k]! / prior.error[k]! ** 2;
      normal[k * size + k]! += 1 / prior.error[k]! ** 2;
    }
    demand = descend(normal, right, demand);
    if (round < rounds - 1) continue;
    const inverse = inverseOf(normal, size);
    if (inverse) error = error.map((_, k) => Math.sqrt(inverse[k * size + k]!));
  }
  return { demand, error };
}

type Weights = {
  weight: Float64Array;
  noise: number;
  /** By how much neighbouring rows repeat each other: (1 + r) / (1 - r). */
  echo: number;
};

/** Errors grow with the load; what is far off counts less. */
function weigh(
  { block, offset, column, running }: LoadRows,
  load: Float64Array,
  used: Uint8Array,
  demand: Float64Array,
  robust: boolean,
): Weights {
  const count = load.length;
  const rest = new Float64Array(count);
  const scale = new Float64Array(count);
  for (let from = 0, to = 0; from < count; from = to) {
    const here: number[] = [];
    for (to = from; to < count && block[to] === block[from]; to++) {
      let explained = 0;
      for (let e = offset[to]!; e < offset[to + 1]!; e++) explained += running[e]! * demand[column[e]!]!;
      rest[to] = load[to]! - explained;
      scale[to] = explained;
      if (used[to]) here.push(rest[to]!);
    }
    const level = here.length > 0 ? medianOf(here) : 0;
    for (let row = from; row < to; row++) {
      const waiting = Math.max(0, scale[row]! + level - 1);
      scale[row] = 0.2 + scale[row]! + queueDoubt * waiting;
      rest[row] = (rest[row]! - level) / scale[row]!;
    }
  }
  const kept = rest.filter((_, row) => used[row] === 1);
  const noise = Math.max(leastNoise, 1.4826 * medianOf(kept.map(Math.abs)));
  const weight = scale.map((value, row) => {
    if (!used[row]) return 0;
    const far = Math.abs(rest[row]!) / noise;
    return (robust && far > huber ? huber / far : 1) / value ** 2;
  });
  return { weight, noise, echo: echoOf(kept, noise * 3) };
}

function echoOf(rest: Float64Array, most: number): number {
  let products = 0;
  let squares = 0;
  let last = 0;
  for (const value of rest) {
    const drawnIn = Math.min(most, Math.max(-most, value));
    products += drawnIn * last;
    squares += drawnIn * drawnIn;
    last = drawnIn;
  }
  const correlation = squares > 0 ? Math.min(0.9, Math.max(0, products / squares)) : 0;
  return (1 + correlation) / (1 - correlation);
}

/** X'WX and X'Wy, both without the means of the blocks. */
function normalEquations(
  { block, offset, column, running }: LoadRows,
  load: Float64Array,
  used: Uint8Array,
  weight: Float64Array,
  size: number,
): { normal: Float64Array; right: Float64Array } {
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const sum = new Float64Array(size);
  for (let from = 0, to = 0; from < load.length; from = to) {
    let all = 0;
    let loads = 0;
    const there = new Set<number>();
    for (to = from; to < load.length && block[to] === block[from]; to++) {
      const w = weight[to]!;
      if (!used[to]) continue;
      all += w;
      loads += w * load[to]!;
      for (let e = offset[to]!; e < offset[to + 1]!; e++) {
        const k = column[e]!;
        there.add(k);
        const weighted = w * running[e]!;
        sum[k]! += weighted;
        right[k]! += weighted * load[to]!;
        for (let f = offset[to]!; f < offset[to + 1]!; f++)
          normal[k * size + column[f]!]! += weighted * running[f]!;
      }
    }
    for (const k of there) {
      right[k]! -= (sum[k]! * loads) / all;
      for (const j of there) normal[k * size + j]! -= (sum[k]! * sum[j]!) / all;
    }
    for (const k of there) sum[k] = 0;
  }
  return { normal, right };
}

/** The least of x'Ax/2 - b'x with x >= 0, one coordinate after the other. */
function descend(normal: Float64Array, right: Float64Array, from: Float64Array): Float64Array {
  const size = right.length;
  const x = from.slice();
  for (let sweep = 0; sweep < 200; sweep++) {
    let moved = 0;
    for (let k = 0; k < size; k++) {
      let gradient = right[k]!;
      for (let j = 0; j < size; j++) gradient -= normal[k * size + j]! * x[j]!;
      const next = Math.max(0, x[k]! + gradient / normal[k * size + k]!);
      moved = Math.max(moved, Math.abs(next - x[k]!));
      x[k] = next;
    }
    if (moved < 1e-6) break;
  }
  return x;
}
