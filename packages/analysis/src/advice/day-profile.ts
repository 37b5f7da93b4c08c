/**
 * How much of a group runs in each five minutes of the day, on average over the window: what a first look at many shifts
 * costs nothing with. Seconds beside each other in a day are the sum over the day of the product of two profiles.
 */
import { day, type GroupRuns, type Plan } from "./plan.ts";

export const stepSeconds = 300;
export const stepsInDay = day / stepSeconds;

/** The profiles of a plan, each made when it is first asked for. */
export class DayProfiles {
  readonly #plan: Plan;
  readonly #known = new Map<number, Float64Array>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  of(group: number): Float64Array {
    let profile = this.#known.get(group);
    if (!profile) this.#known.set(group, (profile = dayProfile(this.#plan.runs[group]!, this.#plan)));
    return profile;
  }
}

/** Runs longer than a day fill it. */
function dayProfile({ start, end }: GroupRuns, { from, span }: Plan): Float64Array {
  const profile = new Float64Array(stepsInDay);
  const perRun = 1 / (stepSeconds * (span / day));
  for (let i = 0; i < start.length; i++) {
    if (start[i]! >= from + span) break;
    let at = start[i]! - from;
    const to = at + Math.min(day, end[i]! - start[i]!);
    while (at < to) {
      const step = Math.floor(at / stepSeconds);
      const until = Math.min(to, (step + 1) * stepSeconds);
      profile[step % stepsInDay]! += (until - at) * perRun;
      at = until;
    }
  }
  return profile;
}

export function secondsBeside(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, part, step) => sum + part * other[step]!, 0) * stepSeconds;
}

/** Seconds in a day that one spends beside the other if it moves by so many steps. */
export function besideBySteps(moved: Float64Array, other: Float64Array): Float64Array {
  const beside = new Float64Array(stepsInDay);
  for (let shift = 0; shift < stepsInDay; shift++) {
    let sum = 0;
    for (let step = 0; step < stepsInDay; step++)
      if (moved[step] !== 0) sum += moved[step]! * other[(step + shift) % stepsInDay]!;
    beside[shift] = sum * stepSeconds;
  }
  return beside;
}
