/**
 * What all have in common at a time, whoever runs: the mean residual of the runs around a victim's run that a suspect did
 * not touch, group by group. A process that is only started when all is slow anyway (on heavy nights) is a mark of that
 * cause and not the cause: its victims are then no slower than those around them that never met it.
 */
import type { Observations } from "./observations.ts";
import { exposedShare } from "./pair-score.ts";

/** `exposure` to the suspect; null for what it can't touch. */
export type Untouched = { observations: Observations; y: Float64Array; exposure: Float64Array | null };

const hour = 3600;
/** Hours before and after. */
const around = 3;
/** As if so many groups more had shown nothing: a mean of few is drawn in. */
const doubt = 1;

/** Of one group, the mean residual of its runs that were not touched, by hour since the log's origin. */
export type HourlyMeans = { hour: Int32Array; mean: Float64Array };

export function hourlyMeans(
  { observations: { start }, y, exposure }: Untouched,
  origin: number,
): HourlyMeans {
  const hours: number[] = [];
  const means: number[] = [];
  for (let i = 0; i < start.length;) {
    const bin = Math.floor((start[i]! - origin) / hour);
    let [sum, count] = [0, 0];
    for (; i < start.length && start[i]! < origin + (bin + 1) * hour; i++) {
      if (exposure && exposure[i]! > exposedShare) continue;
      sum += y[i]!;
      count++;
    }
    if (count === 0) continue;
    hours.push(bin);
    means.push(sum / count);
  }
  return { hour: Int32Array.from(hours), mean: Float64Array.from(means) };
}

export class SharedCause {
  readonly #origin: number;
  /** By hour: sum over groups of their mean residual, and how many groups. */
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** `origin` and `end` of the log, seconds. */
  constructor(origin: number, end: number, untouched: Iterable<HourlyMeans>) {
    this.#origin = origin;
    const hours = Math.floor((end - origin) / hour) + 1;
    this.#sums = new Float64Array(hours);
    this.#counts = new Float64Array(hours);
    for (const one of untouched) this.#add(one, 1);
  }

  /** By run of the victim, whose own means are left out. */
  around({ start }: Observations, own: HourlyMeans): Float64Array {
    this.#add(own, -1);
    const sums = gathered(this.#sums);
    const counts = gathered(this.#counts);
    this.#add(own, 1);
    const last = this.#sums.length;
    return start.map((at) => {
      const middle = Math.floor((at - this.#origin) / hour);
      const from = Math.max(0, middle - around);
      const to = Math.min(last, middle + around + 1);
      return (sums[to]! - sums[from]!) / (counts[to]! - counts[from]! + doubt);
    });
  }

  #add({ hour: hours, mean }: HourlyMeans, sign: number): void {
    for (let k = 0; k < hours.length; k++) {
      this.#sums[hours[k]!]! += sign * mean[k]!;
      this.#counts[hours[k]!]! += sign;
    }
  }
}

function gathered(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  return sums;
}
