/**
 * A schedule with some groups moved, played again under measured load: each run does the work that it did (how long it
 * took, less what the load then took from it), beside whoever is there then (`crowd.ts`).
 */
import { contentionOf, type Contention } from "../attribution/from-demand/contention.ts";
import { orderOf, pick } from "../intervals.ts";
import { playCrowd, type CrowdKind } from "./crowd.ts";
import { curveOf, type MeasuredPlan } from "./measured-plan.ts";
import { day, type Plan } from "./plan.ts";
import { moved } from "./scene.ts";
import { lostBetween, slowingOf, type Slowing } from "./slowing.ts";

/** Of one group: seconds in the whole window. */
export type LoadReplay = {
  group: number;
  lost: number;
  saved: number;
  savedByDay: Float64Array;
  /** All that its runs save and all that they lose more, together. */
  changed: number;
  /** One standard deviation of how sensitive it is, relative. */
  relative: number;
  /** What each run takes there, by run. */
  lengths: Float64Array;
};

export class LoadReplayer {
  readonly #plan: Plan;
  readonly #measured: MeasuredPlan;
  readonly #before = new Map<number, Contention>();
  readonly #works = new Map<number, Float64Array>();
  /** What the replays so far have taken, about: each run changes the speed of all groups that are there. */
  effort = 0;

  constructor(plan: Plan, measured: MeasuredPlan) {
    this.#plan = plan;
    this.#measured = measured;
  }

  /** Those whose load may change. `shifts`: seconds by group. */
  replay(shifts: ReadonlyMap<number, number>): LoadReplay[] {
    const places = this.#placesOf(shifts);
    const groups = [...this.#plan.runs.keys()].filter((group) =>
      this.#placesFor(group).some((place) => places.has(place)),
    );
    const lengths = this.#lengthsOf(groups, [...places], shifts);
    return groups.flatMap((group, k) =>
      this.#measured.sensitivities[group]!.length > 0 ? [this.#told(group, lengths[k]!)] : [],
    );
  }

  /** Relative, of the places where it asks for most. */
  demandError(group: number): number {
    let most = 0;
    let relative = 1;
    for (const { groups, demand, error } of this.#measured.places) {
      const position = groups.indexOf(group);
      if (position < 0 || demand[position]! <= most) continue;
      most = demand[position]!;
      relative = Math.min(1, error[position]! / demand[position]!);
    }
    return most === 0 ? 0 : relative;
  }

  /** Where it asks for something or suffers. */
  #placesFor(group: number): number[] {
    const { places, sensitivities } = this.#measured;
    const suffers = new Set(sensitivities[group]!.map(({ place }) => place));
    return [...places.keys()].filter(
      (place) => suffers.has(place) || places[place]!.groups.indexOf(group) >= 0,
    );
  }

  /** Those of the moved groups, and all that the delays there go on to. */
  #placesOf(shifts: ReadonlyMap<number, number>): Set<number> {
    const { sensitivities } = this.#measured;
    const places = new Set([...shifts.keys()].flatMap((group) => this.#placesFor(group)));
    const all = [...sensitivities.keys()].map((group) => this.#placesFor(group));
    for (let count = -1; count !== places.size;) {
      count = places.size;
      for (const [group, own] of all.entries())
        if (sensitivities[group]!.some(({ place }) => places.has(place)))
          for (const place of own) places.add(place);
    }
    return places;
  }

  /** By group and run. */
  #lengthsOf(
    groups: readonly number[],
    places: readonly number[],
    shifts: ReadonlyMap<number, number>,
  ): Float64Array[] {
    const plan = this.#plan;
    const count = groups.reduce((sum, group) => sum + plan.runs[group]!.start.length, 0);
    const all = {
      start: new Float64Array(count),
      work: new Float64Array(count),
      kind: new Int32Array(count),
    };
    let filled = 0;
    for (const [kind, group] of groups.entries()) {
      const { start, timed } = plan.runs[group]!;
      const shift = shifts.get(group) ?? 0;
      for (let i = 0; i < start.length; i++) {
        all.start[filled + i] = moved(plan, start[i]!, shift);
        all.kind[filled + i] = 2 * kind + (timed[i] === 1 ? 0 : 1);
      }
      all.work.set(this.#workOf(group), filled);
      filled += start.length;
    }
    this.effort += count * groups.length;
    const order = orderOf(all.start);
    const played = playCrowd(
      {
        start: pick(all.start, order, new Float64Array(count)),
        work: pick(all.work, order, new Float64Array(count)),
        kind: pick(all.kind, order, new Int32Array(count)),
      },
      groups.flatMap((group) => {
        const kind = this.#kindOf(group, places);
        // Runs whose length tells nothing are there for that long, whatever happens.
        return [kind, { ...kind, suffers: [] }];
      }),
      places.map((place) => this.#measured.places[place]!.background),
    );
    const lengths = new Float64Array(count);
    for (let k = 0; k < count; k++) lengths[order[k]!] = played[k]!;
    let from = 0;
    return groups.map((group) => lengths.subarray(from, (from += plan.runs[group]!.start.length)));
  }

  #kindOf(group: number, places: readonly number[]): CrowdKind {
    const { sensitivities } = this.#measured;
    return {
      asks: places.flatMap((number, place) => {
        const { groups, demand } = this.#measured.places[number]!;
        const position = groups.indexOf(group);
        return position < 0 ? [] : [{ place, demand: demand[position]! }];
      }),
      suffers: sensitivities[group]!.map(({ place, value }) => ({ place: places.indexOf(place), value })),
    };
  }

  /** By run; of those that are not timed how long they were there. */
  #workOf(group: number): Float64Array {
    return remembered(this.#works, group, () => {
      const { start, end, timed } = this.#plan.runs[group]!;
      const slowing = this.#slowingBefore(group);
      return start.map((from, i) =>
        timed[i] === 0 ? end[i]! - from : end[i]! - from - lostBetween(slowing, from, end[i]!),
      );
    });
  }

  /** Not remembered: where much is crowded it is larger than all of the group's runs. */
  #slowingBefore(group: number): Slowing {
    return slowingOf(
      this.#measured.sensitivities[group]!.map(({ place, value }) => ({
        contention: this.#contentionBefore(place),
        value,
      })),
    );
  }

  #contentionBefore(place: number): Contention {
    return remembered(this.#before, place, () => {
      const measured = this.#measured.places[place]!;
      return contentionOf(curveOf(measured, this.#plan.runs), measured.background);
    });
  }

  #told(group: number, lengths: Float64Array): LoadReplay {
    const { from, span, runs } = this.#plan;
    const { start, end, timed } = runs[group]!;
    const work = this.#workOf(group);
    const told = { lost: 0, saved: 0, changed: 0, savedByDay: new Float64Array(span / day) };
    for (let i = 0; i < start.length; i++) {
      if (timed[i] === 0 || start[i]! >= from + span) continue;
      const lasted = end[i]! - start[i]!;
      const saved = lasted - lengths[i]!;
      told.lost += lasted - work[i]!;
      told.saved += saved;
      told.changed += Math.abs(saved);
      told.savedByDay[Math.floor((start[i]! - from) / day)]! += saved;
    }
    const own = this.#measured.sensitivities[group]!;
    const relative = Math.min(1, Math.max(...own.map(({ value, error }) => error / value)));
    return { group, ...told, lengths, relative };
  }
}

function remembered<T>(known: Map<number, T>, key: number, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
