/**
 * What running at a time costs, about, in steps of five minutes over the window: by it many shifts of a group are looked at
 * quickly. At each step a group pays the rates of those it hurts and of those that hurt it, by how many of them run; where
 * load is measured, the speed that its demand takes from those who are sensitive there, and what it loses itself; and a
 * little for everybody else, for quiet times are better.
 */
import { lostSpeed } from "../attribution/from-demand/lost-speed.ts";
import type { MeasuredPlace } from "./measured-plan.ts";
import { reachWithin, type GroupRuns, type Plan } from "./plan.ts";

export const stepSeconds = 300;

/** What a second beside a process costs that is not known to cost anything. */
const strangerRate = 0.02;

export class Prices {
  readonly #plan: Plan;
  readonly #steps: number;
  readonly #running = new Map<number, Float32Array>();
  readonly #load = new Map<MeasuredPlace, Float32Array>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#steps = plan.span / stepSeconds;
  }

  /** Seconds in the whole window that a group costs others and loses to them with each shift, about. */
  costs(group: number, shifts: readonly number[]): Float64Array {
    const price = this.#priceFor(group);
    const own = this.#runningOf(group);
    const busy = [...own.keys()].filter((step) => own[step]! > 0);
    return Float64Array.from(shifts, (shift) => {
      const by = Math.round(shift / stepSeconds);
      let sum = 0;
      for (const step of busy) sum += own[step]! * price[modulo(step + by, this.#steps)]!;
      return sum * stepSeconds;
    });
  }

  #priceFor(group: number): Float64Array {
    const { rates, runs, machine, sharedBy } = this.#plan;
    const reach = reachWithin(sharedBy);
    const price = new Float64Array(this.#steps);
    const rateBy = new Map<number, number>();
    for (const { victim, suspect, perSecond } of rates) {
      const other = victim === group ? suspect : suspect === group ? victim : -1;
      if (other >= 0) rateBy.set(other, (rateBy.get(other) ?? 0) + perSecond);
    }
    for (const other of runs.keys())
      if (other !== group && reach(machine[group]!, machine[other]!))
        addTo(price, this.#runningOf(other), rateBy.get(other) ?? strangerRate);
    this.#addLoadPrice(price, group);
    return price;
  }

  #addLoadPrice(price: Float64Array, group: number): void {
    const measured = this.#plan.measured;
    if (!measured) return;
    for (const [number, place] of measured.places.entries()) {
      const position = place.groups.indexOf(group);
      const demand = position < 0 ? 0 : place.demand[position]!;
      const own = measured.sensitivities[group]!.find((one) => one.place === number)?.value ?? 0;
      if (demand === 0 && own === 0) continue;
      const sensitive = new Float64Array(this.#steps);
      for (const [victim, all] of measured.sensitivities.entries())
        for (const { place: at, value } of all)
          if (at === number && victim !== group) addTo(sensitive, this.#runningOf(victim), value);
      const load = this.#loadAt(place);
      const running = this.#runningOf(group);
      for (let step = 0; step < price.length; step++) {
        const others = load[step]! - demand * running[step]!;
        const together = lostSpeed(others + demand);
        price[step]! += sensitive[step]! * (together - lostSpeed(others)) + own * together;
      }
    }
  }

  #loadAt(place: MeasuredPlace): Float32Array {
    let load = this.#load.get(place);
    if (load) return load;
    this.#load.set(place, (load = new Float32Array(this.#steps)));
    for (const [position, group] of place.groups.entries())
      addTo(load, this.#runningOf(group), place.demand[position]!);
    const { at, unlogged, stolen } = place.background;
    for (let k = 0; k < at.length; k++) {
      const to = at[k + 1] ?? at[k]!;
      spread(load, at[k]! - this.#plan.from, to - this.#plan.from, unlogged[k]! + stolen[k]!);
    }
    return load;
  }

  #runningOf(group: number): Float32Array {
    let running = this.#running.get(group);
    if (!running) this.#running.set(group, (running = this.#count(this.#plan.runs[group]!)));
    return running;
  }

  #count({ start, end }: GroupRuns): Float32Array {
    const running = new Float32Array(this.#steps);
    const { from } = this.#plan;
    for (let i = 0; i < start.length; i++) spread(running, start[i]! - from, end[i]! - from, 1);
    return running;
  }
}

/** Adds a height in [from, to), by the part of each step that it covers. */
function spread(steps: Float32Array, from: number, to: number, height: number): void {
  const until = Math.min(to, steps.length * stepSeconds);
  let at = Math.max(0, from);
  while (at < until) {
    const step = Math.floor(at / stepSeconds);
    const end = Math.min(until, (step + 1) * stepSeconds);
    steps[step]! += (height * (end - at)) / stepSeconds;
    at = end;
  }
}

function addTo(sum: Float64Array | Float32Array, of: Float32Array, factor: number): void {
  for (let step = 0; step < sum.length; step++) sum[step]! += factor * of[step]!;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
