/**
 * How sensitive one victim is to each resource it uses. A run of d seconds did the work W = d (1 - lost share), the lost
 * shares of its resources taken one after the other (`lost-speed.ts`); the sensitivities are those that leave ln W without
 * any relation to how contended the *planned* windows were. The planned window is the instrument (two-stage least
 * squares; Angrist & Imbens 1995): the actual one is longer when the run was slow for any reason. ln W loses its running
 * median (drift, deploys) in each round, and Tukey's biweight takes care of runs that were slow by themselves.
 */
import { logDuration } from "../../baseline.ts";
import { runningMedian } from "../../running-median.ts";
import { medianDistance, medianOf } from "../../statistics.ts";
import { crowdingOf, lostShare, lostShareSlope, type Crowding } from "./lost-speed.ts";
import { solve } from "./symmetric.ts";

/** Of one victim on one resource, by run: means of lost speed and stretch while it ran, of lost speed in its planned window. */
export type Exposure = { lost: Float32Array; stretch: Float32Array; planned: Float32Array };

export type Sensitivity = {
  value: number;
  /** One standard deviation. */
  error: number;
  /** How far above zero it is in standard errors by this victim's runs alone. */
  z: number;
  /** Runs whose planned window was contended, and runs whose was not. */
  contended: number;
  free: number;
};

export type SensitivityFit = {
  /** As the exposures. */
  sensitivities: Sensitivity[];
  /** By run: what ln W usually is at the time, and its robust standard deviation about that. */
  level: Float64Array;
  spread: number;
};

export const contendedFrom = 0.01;

const rounds = 16;
const biweightFrom = 3;
const huber = 1.345;
const biweight = 4.685;
/** The prior: a run that uses a resource needs nothing else, give or take. */
const usualSensitivity = 1;
const priorError = 1;
const mostSensitivity = 3;
const leastSpread = 0.01;
const mostLeverage = 0.8;
const leastClarity = 0.1;

/** `seconds` of timed runs in the order of their starts; the exposures are of the same runs. */
export function fitSensitivities(seconds: Float64Array, exposures: readonly Exposure[]): SensitivityFit {
  const count = seconds.length;
  const width = exposures.length;
  const logs = seconds.map(logDuration);
  const crowding = exposures.map(({ lost, stretch }) =>
    Array.from(lost, (q, i) => crowdingOf(q, stretch[i]!)),
  );
  const clear = clarity(exposures, count);
  const value = new Float64Array(width).fill(usualSensitivity);
  let error: Float64Array = new Float64Array(width).fill(priorError);
  let spread = leastSpread;
  let level: Float64Array = logs;
  for (let round = 0; round < rounds; round++) {
    const work = workOf(logs, crowding, value);
    const usual = runningMedian(work, Math.min(40, Math.max(10, count >> 3)));
    level = usual;
    const rest = work.map((w, i) => w - usual[i]!);
    spread = Math.max(leastSpread, 1.4826 * medianDistance(rest.slice(), medianOf(rest)));
    const weight = rest.map((r, i) => clear[i]! * weightOf(r / spread, round >= biweightFrom));
    const slopes = crowding.map((all, r) =>
      Float64Array.from(all, (one) => lostShareSlope(one, value[r]!) / (1 - lostShare(one, value[r]!))),
    );
    const step = estimate(exposures, slopes, rest, weight, spread, value);
    if (!step) break;
    let moved = 0;
    for (let r = 0; r < width; r++) {
      const next = Math.min(mostSensitivity, Math.max(0, value[r]! + step.change[r]!));
      moved = Math.max(moved, Math.abs(next - value[r]!));
      value[r] = next;
    }
    error = step.error;
    if (moved < 1e-3 && round > biweightFrom) break;
  }
  return {
    sensitivities: exposures.map(({ planned }, r) => {
      const contended = planned.reduce((runs, q) => runs + (q > contendedFrom ? 1 : 0), 0);
      const z = value[r]! / error[r]!;
      return { value: value[r]!, error: error[r]!, z, contended, free: count - contended };
    }),
    level,
    spread,
  };
}

/**
 * Whether a job waits for two scarce resources one after the other or only for the scarcer one, nobody knows: a run that
 * met both counts the less, the more alike they were.
 */
function clarity(exposures: readonly Exposure[], count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let first = 0;
    let second = 0;
    for (const { lost } of exposures) {
      second = Math.max(second, Math.min(first, lost[i]!));
      first = Math.max(first, lost[i]!);
    }
    return first > 0 ? Math.max(leastClarity, 1 - second / first) : 1;
  });
}

/**
 * Huber's weights first: they lead out of a start that leaves all contended runs far off, where the biweight would not look
 * at any of them.
 */
function weightOf(far: number, biweighted: boolean): number {
  const distance = Math.abs(far);
  if (!biweighted) return distance > huber ? huber / distance : 1;
  return distance < biweight ? (1 - (distance / biweight) ** 2) ** 2 : 0;
}

/** ln W. */
export function workOf(
  logs: Float64Array,
  crowding: readonly (readonly Crowding[])[],
  sensitivity: ArrayLike<number>,
): Float64Array {
  return logs.map((log, i) =>
    crowding.reduce((work, all, r) => work + Math.log(1 - lostShare(all[i]!, sensitivity[r]!)), log),
  );
}

/** One Newton step to where the rest has no relation to the instruments, and the errors there. */
function estimate(
  exposures: readonly Exposure[],
  slopes: readonly Float64Array[],
  rest: Float64Array,
  weight: Float64Array,
  spread: number,
  value: Float64Array,
): { change: Float64Array; error: Float64Array } | null {
  const width = exposures.length;
  const instruments = exposures.map(({ planned }) => centred(planned, weight));
  const middle = weightedMean(rest, weight);
  const a = new Float64Array(width * width);
  const meat = new Float64Array(width * width);
  const b = new Float64Array(width);
  const leverage = leverages(instruments, weight);
  for (let r = 0; r < width; r++) {
    const z = instruments[r]!;
    for (let i = 0; i < rest.length; i++) b[r]! += weight[i]! * z[i]! * (rest[i]! - middle);
    for (let q = 0; q < width; q++) {
      const slope = slopes[q]!;
      const other = instruments[q]!;
      for (let i = 0; i < rest.length; i++) {
        a[r * width + q]! += weight[i]! * z[i]! * slope[i]!;
        const alone = (weight[i]! * (rest[i]! - middle)) / (1 - leverage[i]!);
        meat[r * width + q]! += alone * alone * z[i]! * other[i]!;
      }
    }
    const hold = spread ** 2 / priorError ** 2;
    a[r * width + r]! += hold;
    meat[r * width + r]! += hold * spread ** 2;
    b[r]! += hold * (usualSensitivity - value[r]!);
  }
  const change = solve(a, b);
  if (!change) return null;
  const inverse = Array.from({ length: width }, (_, r) =>
    solve(
      a,
      Float64Array.from({ length: width }, (__, k) => (k === r ? 1 : 0)),
    ),
  );
  const error = new Float64Array(width);
  for (let r = 0; r < width; r++) {
    let variance = 0;
    for (let p = 0; p < width; p++)
      for (let q = 0; q < width; q++)
        variance += (inverse[p]?.[r] ?? 0) * meat[p * width + q]! * (inverse[q]?.[r] ?? 0);
    error[r] = Math.sqrt(variance);
  }
  return { change, error };
}

/**
 * How much each run alone decides: errors are those of the rest without it (HC3; MacKinnon & White 1985), because often
 * there are only a few runs that were contended much.
 */
function leverages(instruments: readonly Float64Array[], weight: Float64Array): Float64Array {
  const sums = instruments.map((z) => z.reduce((sum, value, i) => sum + weight[i]! * value * value, 0));
  return weight.map((w, i) => {
    const part = instruments.reduce(
      (sum, z, r) => sum + (sums[r]! > 0 ? (w * z[i]! * z[i]!) / sums[r]! : 0),
      0,
    );
    return Math.min(mostLeverage, part);
  });
}

function weightedMean(values: ArrayLike<number>, weight: Float64Array): number {
  let sum = 0;
  let all = 0;
  for (let i = 0; i < weight.length; i++) {
    sum += weight[i]! * values[i]!;
    all += weight[i]!;
  }
  return all > 0 ? sum / all : 0;
}

function centred(values: Float32Array, weight: Float64Array): Float64Array {
  const mean = weightedMean(values, weight);
  return Float64Array.from(values, (value) => value - mean);
}
