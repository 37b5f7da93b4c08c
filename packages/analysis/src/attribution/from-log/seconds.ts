/**
 * What each second beside a culprit costs a victim: 1/d = product over culprits of (1 - g share) / W with the actual share
 * of the run that the culprit was beside, 0 <= g < 1: two at once leave what the second leaves of what the first does, for
 * with 1 - sum of g two that take a half each would leave nothing. The g are where the corrected log duration
 * ln d + sum ln(1 - g share) has nothing to do any more with the planned exposures, which no slow run can lengthen
 * (instruments; Huber's psi keeps outliers from counting more than 3 spreads). The delay of a run by a culprit is then g
 * times the seconds beside it.
 * The interval is that of the equation's clusters (CR3), divided by its slope, as much wider as Student's distribution is with
 * as few clusters as carry the evidence (1 / sum of their squared shares of it: Carter, Schnepel & Steigerwald 2017).
 */
import type { BusyTime } from "../../busy.ts";
import { centre, mediansBy, type Observations } from "./observations.ts";
import { medianDistance, medianOf } from "../../statistics.ts";
import { studentBound } from "../../student.ts";
import { exposedShare } from "./pair-score.ts";
import { exposures, timesBeside } from "./planned-exposure.ts";

/** Seconds lost by each second beside; `low` and `high` bound 95%. */
export type PerSecond = { value: number; low: number; high: number };

export type CostEstimate = PerSecond & {
  /** Standard error of the value. */
  error: number;
  /** By how much it differs from run to run, beyond what the runs' own chance explains. */
  runSpread: number;
};

const most = 0.98;
const fewestFree = 3;
/** Nothing is known better. */
const leastError = 0.001;
/** A run has the suspect much beside it from this share on, and so many tell how they differ. */
const muchBeside = 0.3;
const fewest = 5;
/** From this share of runs alone on, the median of an hour is one of them. */
const mostlyAlone = 0.5;
const rounds = 12;
const mostSteps = 40;
const precise = 1e-4;
const farthest = 3;

/** One for each suspect: its busy time as it was and as planned. */
export function costsOf(
  observations: Observations,
  suspects: readonly { actual: BusyTime; planned: BusyTime }[],
): CostEstimate[] {
  const instruments = suspects.map(({ planned }) => {
    const x = exposures(observations, planned);
    centre(x, observations);
    return x;
  });
  const shares = suspects.map(({ actual }) => actualShares(observations, actual));
  const g = new Float64Array(suspects.length);
  const logs = observations.seconds.map(
    (seconds, i) => Math.log(Math.max(0.001, seconds)) - observations.level[i]!,
  );
  /** Room for one moment after the other. */
  const remaining = new Float64Array(logs.length);
  takeUsualOff(logs, observations, suspects);
  const moment = (k: number, value: number): number => {
    const before = g[k]!;
    g[k] = value;
    const rest = psi(logs, shares, g, observations, remaining);
    g[k] = before;
    let sum = 0;
    for (let i = 0; i < rest.length; i++) sum += rest[i]! * instruments[k]![i]!;
    return sum;
  };
  for (let round = 0; round < (g.length === 1 ? 1 : rounds); round++) {
    const before = g.slice();
    for (let k = 0; k < g.length; k++) g[k] = rootOf((value) => moment(k, value));
    if (g.every((value, k) => Math.abs(value - before[k]!) < 10 * precise)) break;
  }
  const rest = psi(logs, shares, g, observations, remaining).slice();
  return suspects.map((_, k) => {
    const error = errorOf(k, g, moment, rest, instruments[k]!, observations);
    const value = g[k]!;
    return {
      value,
      low: Math.max(0, value - 1.96 * error),
      high: Math.min(1, value + 1.96 * error),
      error,
      runSpread: runSpread(value, shares[k]!, rest, observations),
    };
  });
}

/**
 * Where culprits come more often than not, what is usual at that hour has their delays in it: there it is told anew, in place,
 * by the runs that none was planned beside, as far as there are some.
 */
function takeUsualOff(
  logs: Float64Array,
  observations: Observations,
  suspects: readonly { planned: BusyTime }[],
): void {
  const { hour } = observations;
  const hours = hour.reduce((most, one) => Math.max(most, one + 1), 1);
  const met = new Uint8Array(logs.length);
  for (const { planned } of suspects) {
    const shares = exposures(observations, planned);
    for (let i = 0; i < met.length; i++) if (shares[i]! > exposedShare) met[i] = 1;
  }
  const alone = new Int32Array(hours);
  const all = new Int32Array(hours);
  for (let i = 0; i < met.length; i++) {
    all[hour[i]!]!++;
    if (!met[i]) alone[hour[i]!]!++;
  }
  const isTold = (one: number) => alone[one]! >= fewest && alone[one]! < mostlyAlone * all[one]!;
  const told = Int32Array.from(hour.keys()).filter((i) => !met[i] && isTold(hour[i]!));
  const hoursTold = Int32Array.from(told, (i) => hour[i]!);
  const usual = mediansBy(
    hoursTold,
    hours,
    Float64Array.from(told, (i) => logs[i]!),
  );
  for (let i = 0; i < logs.length; i++) logs[i]! -= usual[hour[i]!]!;
}

/**
 * The spread of what is left of runs that had the suspect beside them much of the time, over that of the others; in terms
 * of g: d ln(1 - g share) / dg = -share / (1 - g share).
 */
function runSpread(g: number, share: Float64Array, rest: Float64Array, { spread }: Observations): number {
  const beside = [...share.keys()].filter((i) => share[i]! >= muchBeside);
  if (beside.length < fewest) return 0;
  const own =
    1.4826 *
    medianDistance(
      Float64Array.from(beside, (i) => rest[i]!),
      0,
    );
  const typical = medianOf(beside.map((i) => share[i]!));
  return (Math.sqrt(Math.max(0, own ** 2 - spread ** 2)) * (1 - g * typical)) / typical;
}

/** Where a falling function crosses zero between 0 and `most`: false position, Illinois' variant. */
function rootOf(moment: (value: number) => number): number {
  let [low, high] = [0, most];
  let [above, below] = [moment(low), moment(high)];
  if (above <= 0) return low;
  if (below >= 0) return high;
  let last = 0;
  for (let step = 0; step < mostSteps && high - low > precise; step++) {
    const middle = (low * below - high * above) / (below - above);
    const value = moment(middle);
    if (Math.abs(value) < 1e-12) return middle;
    if (value > 0) {
      if (low + precise > middle && last > 0) return middle;
      [low, above] = [middle, value];
      if (last > 0) below /= 2;
      last = 1;
    } else {
      if (high - precise < middle && last < 0) return middle;
      [high, below] = [middle, value];
      if (last < 0) above /= 2;
      last = -1;
    }
  }
  return (low * below - high * above) / (below - above);
}

/** Into `rest`: corrected log durations about their middle, drawn in. */
function psi(
  logs: Float64Array,
  shares: readonly Float64Array[],
  g: Float64Array,
  { spread }: Observations,
  rest: Float64Array,
): Float64Array {
  const far = farthest * spread;
  for (let i = 0; i < logs.length; i++) {
    const speed = speedOf(i, shares, g);
    rest[i] = speed === 1 ? logs[i]! : logs[i]! + Math.log(speed);
  }
  const middle = huberMean(rest, far);
  for (let i = 0; i < rest.length; i++) rest[i] = Math.min(far, Math.max(-far, rest[i]! - middle));
  return rest;
}

/** The part of its speed that all suspects together leave a run. */
function speedOf(i: number, shares: readonly Float64Array[], g: Float64Array): number {
  let speed = 1;
  for (let k = 0; k < g.length; k++) speed *= 1 - g[k]! * shares[k]![i]!;
  return speed;
}

function huberMean(values: Float64Array, far: number): number {
  let middle = 0;
  for (let round = 0; round < 3; round++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += Math.min(far, Math.max(-far, values[i]! - middle));
    middle += sum / values.length;
  }
  return middle;
}

function errorOf(
  k: number,
  g: Float64Array,
  moment: (k: number, value: number) => number,
  rest: Float64Array,
  instrument: Float64Array,
  { cluster }: Observations,
): number {
  const [low, high] = [Math.max(0, g[k]! - 0.02), Math.min(most, g[k]! + 0.02)];
  const slope = (moment(k, low) - moment(k, high)) / (high - low);
  const sums = new Map<number, { score: number; weight: number }>();
  let weights = 0;
  for (let i = 0; i < rest.length; i++) {
    const one = sums.get(cluster[i]!) ?? { score: 0, weight: 0 };
    one.score += rest[i]! * instrument[i]!;
    one.weight += instrument[i]! ** 2;
    weights += instrument[i]! ** 2;
    sums.set(cluster[i]!, one);
  }
  let variance = 0;
  let squares = 0;
  for (const { score, weight } of sums.values()) {
    variance += (score / Math.max(0.05, 1 - weight / weights)) ** 2;
    squares += (weight / weights) ** 2;
  }
  const wider = studentBound(0.05, Math.max(fewestFree, 1 / squares - 1)) / 1.96;
  return slope > 0 ? Math.max(leastError, (wider * Math.sqrt(variance)) / slope) : 1;
}

/** Which part of each run the suspect was beside, 0..1. */
function actualShares({ start, seconds }: Observations, busy: BusyTime): Float64Array {
  const beside = timesBeside(
    start,
    start.map((at, i) => at + seconds[i]!),
    busy,
  );
  return beside.map((time, i) => (seconds[i] === 0 ? 0 : Math.min(1, time / seconds[i]!)));
}
