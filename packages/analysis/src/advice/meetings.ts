/**
 * How much the runs that met, and those that did not, exclude: the most that a second beside a suspect can have cost a
 * victim without being found. Of log duration on the share x of the planned window spent beside: 1.96 sigma / sqrt(sum of
 * (x - mean)^2), sigma robust. Infinity where the victim is always or never beside it.
 */
import { busyBetween, type BusyTime } from "../busy.ts";
import { logDuration } from "../baseline.ts";
import { medianDistance, medianOf } from "../statistics.ts";
import type { GroupRuns, Plan } from "./plan.ts";

/** Runs looked at, evenly spread. */
const mostRuns = 240;
const leastRuns = 8;
const leastSpread = 0.02;

export type Planned = { start: Float64Array; seconds: number; spread: number };

export class Meetings {
  readonly #plan: Plan;
  readonly #planned = new Map<number, Planned | null>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Null for a group with too few timed runs to have a normal. */
  planned(group: number): Planned | null {
    let planned = this.#planned.get(group);
    if (planned === undefined) this.#planned.set(group, (planned = plannedOf(this.#plan.runs[group]!)));
    return planned;
  }

  mostCost(victim: number, suspect: BusyTime): number {
    const planned = this.planned(victim);
    if (!planned || planned.seconds === 0) return Infinity;
    const { start, seconds, spread } = planned;
    let sum = 0;
    let squares = 0;
    for (const from of start) {
      const share = Math.min(1, busyBetween(suspect, from, from + seconds) / seconds);
      sum += share;
      squares += share * share;
    }
    const variation = squares - (sum * sum) / start.length;
    return variation < 1e-9 ? Infinity : (1.96 * spread) / Math.sqrt(variation);
  }
}

function plannedOf({ start, end, timed }: GroupRuns): Planned | null {
  const runs = Uint32Array.from(start.keys()).filter((i) => timed[i] === 1);
  if (runs.length < leastRuns) return null;
  const chosen = runs.filter((_, at) => at % Math.ceil(runs.length / mostRuns) === 0);
  const seconds = Float64Array.from(chosen, (i) => end[i]! - start[i]!);
  const logs = seconds.map(logDuration);
  const spread = 1.4826 * medianDistance(logs.slice(), medianOf(logs));
  return {
    start: Float64Array.from(chosen, (i) => start[i]!),
    seconds: medianOf(seconds),
    spread: Math.max(leastSpread, spread),
  };
}
