/** Moves in the schedule, predicted, advised and done, in the store's ids. Pure; runs in an attribution thread. */
import {
  advise,
  doneMoves,
  herdsOf,
  planFor,
  Predictor,
  isTimeZone,
  type AttributionModel,
  type Evidence,
  type MovedGroup,
  type Plan,
  type Saving,
} from "@culprit/analysis";
import { executionKinds } from "@culprit/protocol/vocabulary";
import { placeOfGroup } from "../attribution/found.ts";
import type { Roster } from "../attribution/roster.ts";
import type { Place } from "../run-model.ts";

export type PlaceMove = Place & { shiftSeconds: number };
export type MovedPlace = Saving & { place: Place; lostSeconds: number };
export type Predicted = Saving & { processes: MovedPlace[] };

export type Advised = Saving & {
  place: Place;
  zone: string;
  shiftSeconds: number;
  /** Seconds after local midnight. */
  startsNow: number[];
  startsThen: number[];
  victims: MovedPlace[];
};

export type Done = Saving & {
  place: Place;
  zone: string;
  /** Seconds since 1970. */
  movedAt: number;
  shiftSeconds: number;
  runsBefore: number;
  runsAfter: number;
};

export type FoundHerd = {
  places: Place[];
  zone: string;
  /** Seconds after local midnight. */
  startsAt: number[];
  together: number;
};

/** Herds in one answer, those with most run time. */
const mostHerds = 50;

export class Moves {
  readonly #plan: Plan;
  readonly #roster: Roster;
  readonly #zones: readonly string[];
  #predictor: Predictor | null = null;

  constructor(model: AttributionModel, evidence: Evidence, roster: Roster) {
    this.#plan = planFor(model, evidence);
    this.#roster = roster;
    this.#zones = roster.machines.map(({ zone }) => (zone !== null && isTimeZone(zone) ? zone : "UTC"));
  }

  /** Null if one of them did not run in the window. */
  predict(moves: readonly PlaceMove[]): Predicted | null {
    this.#predictor ??= new Predictor(this.#plan);
    const ofGroups = moves.map(({ shiftSeconds, ...place }) =>
      this.#groupsOf(place).map((group) => ({ group, shiftSeconds })),
    );
    if (ofGroups.some((groups) => groups.length === 0)) return null;
    const { groups, ...saving } = this.#predictor.predict(ofGroups.flat());
    return { ...saving, processes: this.#places(groups) };
  }

  schedule(): { advice: Advised[]; done: Done[]; herds: FoundHerd[] } {
    // Nobody chooses when requests come.
    const web = executionKinds.indexOf("web");
    const movable = Uint8Array.from(this.#plan.machine, (_, group) =>
      this.#roster.groups[group]!.kind === web ? 0 : 1,
    );
    return { advice: this.#advice(movable), done: this.#done(), herds: this.#herds(movable) };
  }

  /** Of what is started by the clock. */
  #advice(movable: Uint8Array): Advised[] {
    return advise(this.#plan, { zones: this.#zones, movable }).map(({ group, groups, ...advice }) => ({
      ...advice,
      ...this.#placed(group),
      victims: this.#places(groups),
    }));
  }

  #done(): Done[] {
    return doneMoves(this.#plan, this.#zones).map(({ group, ...move }) => ({
      movedAt: move.movedAt,
      shiftSeconds: move.shiftSeconds,
      savingSeconds: move.savingSeconds,
      low: move.low,
      high: move.high,
      runsBefore: move.runsBefore,
      runsAfter: move.runsAfter,
      ...this.#placed(group),
    }));
  }

  #herds(movable: Uint8Array): FoundHerd[] {
    return herdsOf(this.#plan, { zones: this.#zones, movable })
      .slice(0, mostHerds)
      .map(({ machine, groups, times, together }) => ({
        places: groups.map((group) => placeOfGroup(this.#roster, group)),
        zone: this.#zones[machine]!,
        startsAt: times,
        together,
      }));
  }

  #placed(group: number): { place: Place; zone: string } {
    return { place: placeOfGroup(this.#roster, group), zone: this.#zones[this.#plan.machine[group]!]! };
  }

  /** The roster may have grown since. */
  #groupsOf({ machineId, processId }: Place): number[] {
    return this.#roster.groupsOf(machineId, processId).filter((group) => group < this.#plan.runs.length);
  }

  /** The kinds of a process together. */
  #places(groups: readonly MovedGroup[]): MovedPlace[] {
    const places = new Map<string, MovedPlace>();
    for (const { group, lostSeconds, savingSeconds, low, high } of groups) {
      const place = placeOfGroup(this.#roster, group);
      const key = `${place.machineId}/${place.processId}`;
      const known = places.get(key) ?? { place, lostSeconds: 0, savingSeconds: 0, low: 0, high: 0 };
      places.set(key, {
        place,
        lostSeconds: known.lostSeconds + lostSeconds,
        savingSeconds: known.savingSeconds + savingSeconds,
        low: known.low + low,
        high: known.high + high,
      });
    }
    return [...places.values()];
  }
}
