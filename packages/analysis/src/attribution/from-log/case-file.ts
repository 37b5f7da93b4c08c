/**
 * All that is known for the judgement of suspects: each victim's observations, what of them is left to explain, and each
 * group's planned windows. A pair is a victim group and a suspect group that can touch it: on the same machine, or on one
 * that shares something; never the same process.
 */
import type { BusyTime } from "../../busy.ts";
import type { Evidence } from "../evidence.ts";
import type { Normal } from "../normals.ts";
import type { GroupRuns } from "../grouped-runs.ts";
import { centre, type Observations } from "./observations.ts";
import { clusterCorrelation, exposedShare, project, scorePair, type PairScore } from "./pair-score.ts";
import { isCommonCause } from "./common-cause.ts";
import { LateStarts } from "./late-starts.ts";
import { SharedCause, type Untouched } from "./shared-cause.ts";
import { scoreOfChanges } from "./repeated.ts";
import { exposures, plannedBusy, plannedEnds } from "./planned-exposure.ts";
import type { PlannedWindows } from "./rough-scores.ts";

export type Pair = PairScore & { victim: number; suspect: number };

type Victim = {
  observations: Observations;
  y: Float64Array;
  correlation: number;
  /** Exposures that are explained already, at right angles, of length 1. */
  basis: Float64Array[];
};

export function victimOf(observations: Observations): Victim {
  return {
    observations,
    y: observations.y.slice(),
    correlation: clusterCorrelation(observations.y, observations),
    basis: [],
  };
}

/** The directions that are left of an exposure are none below this part of its length. */
const leastLeft = 1e-6;

export class CaseFile {
  readonly evidence: Evidence;
  readonly #victims: readonly (Victim | null)[];
  readonly #runs: readonly GroupRuns[];
  readonly #normals: readonly (Normal | null)[];
  readonly #planned: (BusyTime | undefined)[];
  readonly #lateStarts: LateStarts;
  /** Room for one exposure after the other. */
  readonly #room: Float64Array;
  /** The first start of a victim's run, and the last. */
  readonly #span = { from: Infinity, to: -Infinity };
  /** Groups by what they can touch. */
  readonly #within = new Map<number, number[]>();

  constructor(
    evidence: Evidence,
    runs: readonly GroupRuns[],
    normals: readonly (Normal | null)[],
    victims: readonly (Victim | null)[],
    planned: (BusyTime | undefined)[] = [],
    lateStarts = new LateStarts(runs, normals),
  ) {
    this.#lateStarts = lateStarts;
    this.#planned = planned;
    this.evidence = evidence;
    this.#runs = runs;
    this.#normals = normals;
    this.#victims = victims;
    this.#room = new Float64Array(Math.max(0, ...victims.map((one) => one?.y.length ?? 0)));
    for (const one of victims) {
      if (!one) continue;
      const { start } = one.observations;
      this.#span.from = Math.min(this.#span.from, start[0]!);
      this.#span.to = Math.max(this.#span.to, start.at(-1)!);
    }
    for (let group = 0; group < runs.length; group++) {
      const place = this.#placeOf(group);
      const there = this.#within.get(place);
      if (there) there.push(group);
      else this.#within.set(place, [group]);
    }
  }

  processOf(group: number): number {
    return this.evidence.groups.process[group]!;
  }

  observationsOf(group: number): Observations | null {
    return this.#victims[group]?.observations ?? null;
  }

  *victims(): Generator<number> {
    for (let group = 0; group < this.#victims.length; group++) if (this.#victims[group]) yield group;
  }

  suspectsOf(victim: number): number[] {
    const own = this.processOf(victim);
    return this.#within.get(this.#placeOf(victim))!.filter((group) => this.processOf(group) !== own);
  }

  touches(suspect: number, victim: number): boolean {
    return (
      this.#placeOf(suspect) === this.#placeOf(victim) && this.processOf(suspect) !== this.processOf(victim)
    );
  }

  /** Groups that can touch each other, at least two each. */
  places(): number[][] {
    return [...this.#within.values()].filter((groups) => groups.length > 1);
  }

  /** How many runs of a victim are looked at, the sum of the squares of what is left to explain, and its unit in ln d. */
  extentOf(victim: number): { runs: number; squares: number; spread: number } {
    const { y, observations } = this.#victims[victim]!;
    const squares = y.reduce((sum, value) => sum + value * value, 0);
    return { runs: y.length, squares, spread: observations.spread };
  }

  /** The planned windows of all runs of some groups, numbered by their place in the list, with what is left to explain. */
  windowsOf(groups: readonly number[]): PlannedWindows {
    const count = groups.reduce((sum, group) => sum + this.#runs[group]!.start.length, 0);
    const windows = {
      start: new Float64Array(count),
      end: new Float64Array(count),
      group: new Int32Array(count),
      y: new Float64Array(count).fill(NaN),
    };
    let at = 0;
    for (const [number, group] of groups.entries()) {
      const runs = this.#runs[group]!;
      windows.start.set(runs.start, at);
      windows.end.set(plannedEnds(runs, this.#normals[group]!), at);
      windows.group.fill(number, at, at + runs.start.length);
      const victim = this.#victims[group];
      if (victim)
        for (const [i, run] of victim.observations.which.entries()) windows.y[at + run] = victim.y[i]!;
      at += runs.start.length;
    }
    return windows;
  }

  /** The same with the signs of what is left to explain turned round in half of the clusters, by chance: of all victims alike. */
  withFlippedSigns(random: () => number): CaseFile {
    const signs: number[] = [];
    const signOf = (cluster: number) => (signs[cluster] ??= random() < 0.5 ? -1 : 1);
    const flipped = this.#victims.map(
      (victim) =>
        victim && {
          ...victim,
          y: victim.y.map((value, i) => value * signOf(victim.observations.cluster[i]!)),
        },
    );
    return new CaseFile(this.evidence, this.#runs, this.#normals, flipped, this.#planned, this.#lateStarts);
  }

  /** Null where the runs can't tell. */
  score(victim: number, suspect: number): Pair | null {
    const { observations, y, correlation, basis } = this.#victims[victim]!;
    const room = this.#room.subarray(0, y.length);
    const x = exposures(observations, this.#plannedOf(suspect), room);
    const score = scorePair(x, y, observations, correlation, basis);
    return score && { victim, suspect, ...score };
  }

  /** The score once what `others` explain is gone as well. */
  scoreBeside(victim: number, suspect: number, others: readonly number[]): Pair | null {
    const { observations, y, correlation, basis } = this.#victims[victim]!;
    const wider = [...basis];
    const left = y.slice();
    for (const other of others) {
      const free = this.#freeExposure(victim, other, wider);
      if (!free) continue;
      project(left, free);
      wider.push(free);
    }
    const x = exposures(observations, this.#plannedOf(suspect));
    const score = scorePair(x, left, observations, correlation, wider);
    return score && { victim, suspect, ...score };
  }

  /** The scores of pairs of one process once what others show at the same time, without having met it, is gone as well. */
  scoresBesideSharedCause(pairs: readonly Pair[]): Pair[] {
    const process = this.processOf(pairs[0]!.suspect);
    const untouched = new Map<number, Untouched>();
    for (const group of this.victims())
      if (this.processOf(group) !== process) untouched.set(group, this.#withoutProcess(group, process));
    const shared = new SharedCause(this.#span.from, this.#span.to, untouched.values());
    return pairs.flatMap(({ victim, suspect }) => {
      const { observations, y, correlation, basis } = this.#victims[victim]!;
      const left = y.slice();
      const wider = [...basis];
      const vector = shared.around(untouched.get(victim)!);
      centre(vector, observations);
      const x = exposures(observations, this.#plannedOf(suspect));
      onlyWhereExposed(vector, x, observations);
      const free = unit(vector, basis);
      if (free) {
        project(left, free);
        wider.push(free);
      }
      const score = scorePair(x, left, observations, correlation, wider);
      return score ? [{ victim, suspect, ...score }] : [];
    });
  }

  /**
   * The scores of pairs of one process without its runs that began when others were late already, where that is no chance.
   */
  scoresBeforeLateness(pairs: readonly Pair[]): Pair[] {
    return pairs.flatMap((pair) => {
      const { victim, suspect } = pair;
      const others = this.#within
        .get(this.#placeOf(suspect))!
        .filter((group) => this.processOf(group) !== this.processOf(suspect));
      const late = this.#lateStarts.of(suspect, others);
      if (!late) return [pair];
      const { observations, y, correlation, basis } = this.#victims[victim]!;
      const x = exposures(observations, this.#plannedOf(suspect));
      const left = y.slice();
      // As if it had been an ordinary run alone.
      for (const [i, share] of exposures(observations, late).entries()) if (share > 0) x[i] = left[i] = 0;
      const score = scorePair(x, left, observations, correlation, basis);
      return score ? [{ victim, suspect, ...score }] : [];
    });
  }

  /** The score of what differs between days (`repeated.ts`): the mean of pairs, by what these show; null where nothing does. */
  scoreOfChanges(pairs: readonly Pair[]): number | null {
    let [sum, shown] = [0, 0];
    for (const { victim, suspect, z } of pairs) {
      const { observations, y, basis } = this.#victims[victim]!;
      const x = exposures(observations, this.#plannedOf(suspect));
      centre(x, observations);
      for (const explained of basis) project(x, explained);
      const score = scoreOfChanges(x, y, observations);
      if (score === null) continue;
      sum += z * score;
      shown += z;
    }
    return shown === 0 ? null : sum / shown;
  }

  /** Whether the victims of pairs of one process may be slow together for a reason that brings the process as well. */
  haveCommonCause(pairs: readonly Pair[]): boolean {
    const victims = new Set(pairs.map(({ victim }) => victim));
    return isCommonCause(
      Array.from(victims, (victim) => this.#withoutProcess(victim, this.processOf(pairs[0]!.suspect))),
    );
  }

  #withoutProcess(group: number, process: number): Untouched {
    const { observations, y } = this.#victims[group]!;
    let exposure: Float64Array | null = null;
    for (const suspect of this.#within.get(this.#placeOf(group))!) {
      if (this.processOf(suspect) !== process) continue;
      const more = exposures(observations, this.#plannedOf(suspect));
      exposure = exposure ? exposure.map((value, i) => value + more[i]!) : more;
    }
    return { observations, y, exposure };
  }

  /** R^2 of one suspect's exposure on another's, once what is explained already is gone. */
  likeness(victim: number, suspect: number, other: number): number {
    const { basis } = this.#victims[victim]!;
    const one = this.#freeExposure(victim, suspect, basis);
    const two = this.#freeExposure(victim, other, basis);
    if (!one || !two) return one || two ? 0 : 1;
    let along = 0;
    for (let i = 0; i < one.length; i++) along += one[i]! * two[i]!;
    return along * along;
  }

  /** From now on what this suspect's exposure explains of this victim is explained. */
  explain(victim: number, suspect: number): void {
    const { y, basis } = this.#victims[victim]!;
    const free = this.#freeExposure(victim, suspect, basis);
    if (!free) return;
    project(y, free);
    basis.push(free);
  }

  /** Forgets what was explained. */
  reopen(victim: number): void {
    const one = this.#victims[victim]!;
    one.y.set(one.observations.y);
    one.basis.length = 0;
  }

  #freeExposure(victim: number, suspect: number, basis: readonly Float64Array[]): Float64Array | null {
    const { observations } = this.#victims[victim]!;
    const x = exposures(observations, this.#plannedOf(suspect));
    centre(x, observations);
    return unit(x, basis);
  }

  #plannedOf(group: number): BusyTime {
    return (this.#planned[group] ??= plannedBusy(this.#runs[group]!, this.#normals[group]!));
  }

  #placeOf(group: number): number {
    const machine = this.evidence.groups.machine[group]!;
    return this.evidence.sharedBy?.[machine] ?? machine;
  }
}

/** Zero in hours of the day at which nothing is exposed: what is common at night may be nothing by day. */
function onlyWhereExposed(
  values: Float64Array,
  exposure: Float64Array,
  { bin, binCounts }: Observations,
): void {
  const exposed = new Uint8Array(binCounts.length);
  for (let i = 0; i < values.length; i++) if (exposure[i]! > exposedShare) exposed[bin[i]!] = 1;
  for (let i = 0; i < values.length; i++) if (!exposed[bin[i]!]) values[i] = 0;
}

/** What of the vector the basis leaves, made of length 1, in place; null if that is nothing. */
function unit(vector: Float64Array, basis: readonly Float64Array[]): Float64Array | null {
  const before = lengthOf(vector);
  for (const explained of basis) project(vector, explained);
  const length = lengthOf(vector);
  if (!(length > leastLeft * before)) return null;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}

function lengthOf(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
