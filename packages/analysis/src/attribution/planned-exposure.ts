/**
 * How much of the planned window of each run of a victim a suspect's planned windows fill: start times and normal durations
 * only, because a run that is slow for any reason overlaps more neighbours for having lasted longer.
 */
import { busyTime, type BusyTime } from "../busy.ts";
import { usualSeconds, type Normal } from "./normals.ts";
import type { GroupRuns } from "./grouped-runs.ts";
import type { Observations } from "./observations.ts";

/** Busy time as planned; runs of a group that has no normal count with their own length, which is rare and short. */
export function plannedBusy(runs: GroupRuns, normal: Normal | null): BusyTime {
  return busyTime(runs.start, plannedEnds(runs, normal));
}

export function plannedEnds({ start, end }: GroupRuns, normal: Normal | null): Float64Array {
  return start.map((at, i) => at + (usualSeconds(normal, at) ?? end[i]! - at));
}

/** The planned exposure of each run, from 0; 1 is one run beside all the time. */
export function exposures({ start, planned }: Observations, busy: BusyTime): Float64Array {
  const from = new BusyCursor(busy);
  const to = new BusyCursor(busy);
  return start.map((at, i) => (to.until(at + planned[i]!) - from.until(at)) / planned[i]!);
}

/** Gathered busy time at instants that mostly ascend: steps on from the last one, and searches where they do not. */
export class BusyCursor {
  readonly #busy: BusyTime;
  #next = 0;

  constructor(busy: BusyTime) {
    this.#busy = busy;
  }

  until(instant: number): number {
    const { at, gathered, running } = this.#busy;
    let low = this.#next;
    if (low > 0 && at[low - 1]! >= instant) low = 0;
    // Doubling steps, then halving: near ones cost little, far ones a logarithm.
    let step = 1;
    while (low + step <= at.length && at[low + step - 1]! < instant) {
      low += step;
      step *= 2;
    }
    let high = Math.min(at.length, low + step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at[middle]! < instant) low = middle + 1;
      else high = middle;
    }
    this.#next = low;
    return low === 0 ? 0 : gathered[low - 1]! + running[low - 1]! * (instant - at[low - 1]!);
  }
}
