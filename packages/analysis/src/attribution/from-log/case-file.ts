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
import { project, unit } from "./directions.ts";
import { clusterCorrelation, scorePair, type PairScore } from "./pair-score.ts";
import { LateStarts } from "./late-starts.ts";
import { entangle, type Entangled } from "./entangled.ts";
import { exposures, plannedBusy, plannedEnds } from "./planned-exposure.ts";
import { hourlyMeans, type HourlyMeans } from "./shared-cause.ts";
import type { PlannedWindows } from "./rough-scores.ts";

export type Pair = PairScore & { victim: number; suspect: number };

type Victim = {
  observations: Observations;
  y: Float64Array;
  correlation: number;
  /** Exposures that are explained already, at right angles, of length 1. */
  basis: Float64Array[];
  /** Of what is left to explain; null until it is asked for. */
  hourly: HourlyMeans | null;
};

export function victimOf(observations: Observations): Victim {
  return {
    observations,
    y: observations.y.slice(),
    correlation: clusterCorrelation(observations.y, observations),
    basis: [],
    hourly: null,
  };
}

export class CaseFile {
  readonly evidence: Evidence;
  readonly #victims: readonly (Victim | null)[];
  readonly #runs: readonly GroupRuns[];
  readonly #normals: readonly (Normal | null)[];
  readonly #planned: (BusyTime | undefined)[];
  readonly lateStarts: LateStarts;
  /** Room for one exposure after the other. */
  readonly #room: Float64Array;
  /** The first start of a victim's run, and the last. */
  readonly span = { from: Infinity, to: -Infinity };
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
    this.lateStarts = lateStarts;
    this.#planned = planned;
    this.evidence = evidence;
    this.#runs = runs;
    this.#normals = normals;
    this.#victims = victims;
    this.#room = new Float64Array(Math.max(0, ...victims.map((one) => one?.y.length ?? 0)));
    for (const one of victims) {
      if (!one) continue;
      const { start } = one.observations;
      this.span.from = Math.min(this.span.from, start[0]!);
      this.span.to = Math.max(this.span.to, start.at(-1)!);
    }
    for (let group = 0; group < runs.length; group++) {
      const place = this.placeOf(group);
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

  /** What is left to explain of a victim, and what is explained already. */
  stateOf(victim: number): Victim {
    return this.#victims[victim]!;
  }

  /** Of all runs of a victim, what is left to explain by hour. */
  hourlyMeansOf(victim: number): HourlyMeans {
    const one = this.#victims[victim]!;
    return (one.hourly ??= hourlyMeans({ ...one, exposure: null }, this.span.from));
  }

  *victims(): Generator<number> {
    for (let group = 0; group < this.#victims.length; group++) if (this.#victims[group]) yield group;
  }

  suspectsOf(victim: number): number[] {
    const own = this.processOf(victim);
    return this.groupsBeside(victim).filter((group) => this.processOf(group) !== own);
  }

  /** All that are in its place, itself as well. */
  groupsBeside(group: number): readonly number[] {
    return this.#within.get(this.placeOf(group))!;
  }

  touches(suspect: number, victim: number): boolean {
    return (
      this.placeOf(suspect) === this.placeOf(victim) && this.processOf(suspect) !== this.processOf(victim)
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
      if (victim) {
        const { which } = victim.observations;
        for (let i = 0; i < which.length; i++) windows.y[at + which[i]!] = victim.y[i]!;
      }
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
          hourly: null,
        },
    );
    return new CaseFile(this.evidence, this.#runs, this.#normals, flipped, this.#planned, this.lateStarts);
  }

  /** Null where the runs can't tell. */
  score(victim: number, suspect: number): Pair | null {
    const { observations, y, correlation, basis } = this.#victims[victim]!;
    const room = this.#room.subarray(0, y.length);
    const x = exposures(observations, this.plannedOf(suspect), room);
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
    const x = exposures(observations, this.plannedOf(suspect));
    const score = scorePair(x, left, observations, correlation, wider);
    return score && { victim, suspect, ...score };
  }

  /** Whether what a suspect shows is its own, beside all of some rivals (`entangled.ts`). */
  entangled(victim: number, suspect: number, rivals: readonly number[]): Entangled {
    const { observations, y, basis } = this.#victims[victim]!;
    const exposureOf = (group: number) => exposures(observations, this.plannedOf(group));
    return entangle(observations, y, basis, exposureOf(suspect), rivals.map(exposureOf));
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
    const one = this.#victims[victim]!;
    const free = this.#freeExposure(victim, suspect, one.basis);
    if (!free) return;
    project(one.y, free);
    one.basis.push(free);
    one.hourly = null;
  }

  /** Forgets what was explained. */
  reopen(victim: number): void {
    const one = this.#victims[victim]!;
    one.y.set(one.observations.y);
    one.basis.length = 0;
    one.hourly = null;
  }

  #freeExposure(victim: number, suspect: number, basis: readonly Float64Array[]): Float64Array | null {
    const { observations } = this.#victims[victim]!;
    const x = exposures(observations, this.plannedOf(suspect));
    centre(x, observations);
    return unit(x, basis);
  }

  /** Busy time as planned. */
  plannedOf(group: number): BusyTime {
    return (this.#planned[group] ??= plannedBusy(this.#runs[group]!, this.#normals[group]!));
  }

  /** Groups of one place can touch each other. */
  placeOf(group: number): number {
    const machine = this.evidence.groups.machine[group]!;
    return this.evidence.sharedBy?.[machine] ?? machine;
  }
}
