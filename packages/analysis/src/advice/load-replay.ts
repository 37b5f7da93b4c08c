/**
 * A schedule with some groups moved, played again under measured load: each run does the work that it did, at the speed
 * that the new load leaves it. Ends move loads, loads move ends: a few rounds, for the first has nearly all of it.
 */
import { contentionOf, type Contention } from "../attribution/from-demand/contention.ts";
import { curveOf, type MeasuredPlan, type Sensitive } from "./measured-plan.ts";
import { day, type GroupRuns, type Plan } from "./plan.ts";
import { moved, movedRuns } from "./scene.ts";
import { endOfWork, lostBetween, slowingOf, type Slowing } from "./slowing.ts";

/** Of one group: seconds in the whole window; `relative`: one standard deviation of what is saved, relative to it. */
export type LoadReplay = {
  group: number;
  lost: number;
  saved: number;
  savedByDay: Float64Array;
  relative: number;
  /** What each run takes there, by run. */
  lengths: Float64Array;
};

/** A second round counts with the ends that the first has moved. */
const mostRounds = 2;
/** Of more runs the first one has to do. */
const manyRuns = 50_000;
/** Loads by their samples, and what a model of speeds leaves out. */
const modelError = 0.1;

export class LoadReplayer {
  readonly #plan: Plan;
  readonly #measured: MeasuredPlan;
  readonly #before = new Map<number, Contention>();
  readonly #slowings = new Map<number, Slowing>();

  constructor(plan: Plan, measured: MeasuredPlan) {
    this.#plan = plan;
    this.#measured = measured;
  }

  /** Those whose load may change. `shifts`: seconds by group. `quick`: a round is enough. */
  replay(shifts: ReadonlyMap<number, number>, quick = false): LoadReplay[] {
    const { sensitivities } = this.#measured;
    const victims = this.#victimsOf(shifts);
    if (victims.length === 0) return [];
    const count = victims.reduce((sum, group) => sum + this.#plan.runs[group]!.start.length, 0);
    let lengths = new Map<number, Float64Array>();
    let before = lengths;
    const rounds = quick || count > manyRuns ? 1 : mostRounds;
    for (let round = 0; round < rounds; round++) {
      const runs = this.#moved(shifts, lengths);
      const known = new Map<number, Contention>();
      const contention = (place: number): Contention =>
        remembered(known, place, () => this.#contention(place, runs));
      before = lengths;
      lengths = new Map(
        victims.map((group) => [
          group,
          this.#lengthsOf(group, shifts.get(group) ?? 0, slowing(sensitivities[group]!, contention)),
        ]),
      );
    }
    const unsure = Math.max(0, ...[...shifts.keys()].map((group) => this.#demandError(group)));
    return victims.map((group) => {
      const first = before.get(group);
      const last = lengths.get(group)!;
      return this.#told(
        group,
        first ? towardsLimit(lengthsOf(this.#plan.runs[group]!), first, last) : last,
        unsure,
      );
    });
  }

  #victimsOf(shifts: ReadonlyMap<number, number>): number[] {
    const { places, sensitivities } = this.#measured;
    const touched = places.map(({ groups }) => groups.some((group) => shifts.has(group)));
    return [...sensitivities.keys()].filter((group) => {
      const own = sensitivities[group]!;
      return own.length > 0 && (shifts.has(group) || own.some(({ place }) => touched[place]));
    });
  }

  #moved(shifts: ReadonlyMap<number, number>, lengths: ReadonlyMap<number, Float64Array>): GroupRuns[] {
    return this.#plan.runs.map((runs, group) => {
      const shift = shifts.get(group) ?? 0;
      const own = lengths.get(group);
      return shift === 0 && !own ? runs : movedRuns(this.#plan, runs, own ?? lengthsOf(runs), shift);
    });
  }

  #contention(place: number, runs: readonly GroupRuns[]): Contention {
    const measured = this.#measured.places[place]!;
    return contentionOf(curveOf(measured, runs), measured.background);
  }

  #slowingBefore(group: number): Slowing {
    return remembered(this.#slowings, group, () =>
      slowing(this.#measured.sensitivities[group]!, (place) => this.#contentionBefore(place)),
    );
  }

  #contentionBefore(place: number): Contention {
    return remembered(this.#before, place, () => this.#contention(place, this.#plan.runs));
  }

  #lengthsOf(group: number, shift: number, after: Slowing): Float64Array {
    const { start, end, timed } = this.#plan.runs[group]!;
    const before = this.#slowingBefore(group);
    return start.map((from, i) => {
      const lasted = end[i]! - from;
      if (timed[i] === 0) return lasted;
      const to = moved(this.#plan, from, shift);
      return endOfWork(after, to, lasted - lostBetween(before, from, end[i]!)) - to;
    });
  }

  #told(group: number, lengths: Float64Array, unsure: number): LoadReplay {
    const { from, span, runs } = this.#plan;
    const { start, end, timed } = runs[group]!;
    const before = this.#slowingBefore(group);
    const told = { lost: 0, saved: 0, savedByDay: new Float64Array(span / day) };
    for (let i = 0; i < start.length; i++) {
      if (timed[i] === 0 || start[i]! >= from + span) continue;
      told.lost += lostBetween(before, start[i]!, end[i]!);
      const saved = end[i]! - start[i]! - lengths[i]!;
      told.saved += saved;
      told.savedByDay[Math.floor((start[i]! - from) / day)]! += saved;
    }
    const own = this.#measured.sensitivities[group]!;
    const sensitivity = Math.max(...own.map(({ value, error }) => error / value));
    return { group, ...told, lengths, relative: Math.hypot(Math.min(1, sensitivity), unsure, modelError) };
  }

  /** Relative, of the place where it asks for most. */
  #demandError(group: number): number {
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
}

function slowing(own: readonly Sensitive[], contention: (place: number) => Contention): Slowing {
  return slowingOf(own.map(({ place, value }) => ({ contention: contention(place), value })));
}

/** Where three lengths of each run are heading to, if they do so evenly (Aitken 1926). */
function towardsLimit(start: Float64Array, first: Float64Array, second: Float64Array): Float64Array {
  return second.map((length, i) => {
    const step = length - first[i]!;
    const ratio = Math.min(mostRatio, Math.max(0, step / (first[i]! - start[i]!)));
    return ratio > 0 ? length + (step * ratio) / (1 - ratio) : length;
  });
}

/** Of a step to the one before; above it nothing settles. */
const mostRatio = 0.5;

const lengthsOf = ({ start, end }: GroupRuns): Float64Array => start.map((from, i) => end[i]! - from);

function remembered<T>(known: Map<number, T>, key: number, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
