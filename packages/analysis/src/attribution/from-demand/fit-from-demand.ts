/** From evidence to the demand model: places, their history, how sensitive victims are to them, who cost whom how much. */
import { medianOf } from "../../statistics.ts";
import type { DemandModel, VictimSensitivity } from "./demand-model.ts";
import { chooseVictim, costsOf, type Victim } from "./demand-victims.ts";
import type { Evidence, Resource } from "../evidence.ts";
import { crowdingOf, lostShare } from "./lost-speed.ts";
import { calibrated, curveAt, placeHistory, type PlaceHistory } from "./place-history.ts";
import { findPlaces, isSlight, shareOf, type Place } from "./places.ts";
import { poolSensitivities } from "./pooled-sensitivity.ts";
import { fitSensitivities, type Sensitivity } from "./sensitivity.ts";
import { soundSamples } from "./sound-samples.ts";
import { partition, rowsByGroup, soundRuns, type SoundRuns } from "../sound-runs.ts";

export type DemandFit = {
  model: DemandModel;
  /** By run of the log: seconds that it would have taken without contention; NaN where nothing is known of that. */
  alone: Float64Array;
};

/** Null where nothing was measured. RangeError on an unsorted log. */
export function fitFromDemand(told: Evidence): DemandFit | null {
  if (!told.demands && told.samples.every((one) => one === null)) return null;
  const evidence = { ...told, samples: told.samples.map((samples) => samples && soundSamples(samples)) };
  const groups = evidence.groups.machine.length;
  const runs = soundRuns(evidence.log, groups);
  const byShare = partition(runs, (group) => shareOf(evidence, evidence.groups.machine[group]!));
  const rows = rowsByGroup(runs, groups);
  const planned = Float64Array.from(rows, (own) => medianSeconds(runs, own));
  const found = findPlaces(evidence, byShare).map((bare) => {
    const there = byShare.get(shareOf(evidence, bare.machine))!;
    const curve = curveAt(evidence, bare, there);
    const place = calibrated(evidence, bare, curve);
    return { place, history: placeHistory(evidence, place, there, curve, planned) };
  });
  const places = found.map(({ place }) => place);
  const histories = found.map(({ history }) => history);
  const needs = needsOf(places, groups);
  const victims = rows.map((own, group) => chooseVictim(group, own, runs, needs[group]!, places, histories));
  const fits = victims.map((victim) => victim && fitSensitivities(victim.seconds, victim.exposures));
  const isProven = ({ z, contended, free }: Sensitivity) =>
    z > provenFrom && Math.min(contended, free) >= leastProof;
  const sensitivities = needs.map((needed, group): VictimSensitivity[] =>
    needed.flatMap((place) => {
      const k = victims[group]?.places.indexOf(place) ?? -1;
      const own = k < 0 ? unknown : fits[group]!.sensitivities[k]!;
      const slight = isSlight(places[place]!, places[place]!.groups.indexOf(group));
      return slight && !isProven(own) ? [] : [{ place, ...own }];
    }),
  );
  poolSensitivities(sensitivities, places);
  const model: DemandModel = {
    places,
    sensitivities,
    usualWork: { cpu: usualWork(evidence, runs, rows, "cpu"), io: usualWork(evidence, runs, rows, "io") },
    costs: victims.flatMap((victim, group) =>
      victim ? costsOf(group, victim, sensitivities[group]!, places, histories) : [],
    ),
    witnesses: victims.map(
      (victim, group) => victim && witnessOf(victim, planned[group]!, fits[group]!.level),
    ),
  };
  return { model, alone: secondsAlone(evidence, runs, rows, model, histories) };
}

/** Nothing that the victim's runs tell: it is taken to be like others. */
const unknown = { value: 1, error: Infinity, z: 0, contended: 0, free: 0 };

/** Standard errors above nothing, and runs with and without contention, that show a slight need. */
const provenFrom = 4;
const leastProof = 8;

/** By group the places that it needs. */
function needsOf(places: readonly Place[], groups: number): number[][] {
  const needs = Array.from({ length: groups }, (): number[] => []);
  for (const [p, place] of places.entries())
    for (const [position, group] of place.groups.entries()) if (place.needs[position]) needs[group]!.push(p);
  return needs;
}

function witnessOf({ start, seconds }: Victim, plannedSeconds: number, level: Float64Array) {
  return { start, plannedSeconds, relative: seconds.map((each, i) => each / Math.exp(level[i]!)) };
}

function secondsAlone(
  { log }: Evidence,
  runs: SoundRuns,
  rows: readonly Int32Array[],
  { places, sensitivities }: DemandModel,
  histories: readonly (PlaceHistory | null)[],
): Float64Array {
  const alone = new Float64Array(log.start.length).fill(NaN);
  for (const [group, own] of rows.entries()) {
    const met = sensitivities[group]!.flatMap(({ place, value }) => {
      const exposure = histories[place]?.exposures[places[place]!.groups.indexOf(group)];
      return exposure ? [{ ...exposure, value }] : [];
    });
    if (met.length === 0) continue;
    for (let k = 0; k < own.length; k++) {
      let left = 1;
      for (const { lost, stretch, value } of met)
        if (lost[k]! > 0) left *= 1 - lostShare(crowdingOf(lost[k]!, stretch[k]!), value);
      const i = own[k]!;
      alone[runs.row[i]!] = left * (runs.end[i]! - runs.start[i]!);
    }
  }
  return alone;
}

/** Of the group's timed runs, of many some; NaN without any. */
function medianSeconds({ start, end, timed }: SoundRuns, rows: Int32Array): number {
  const seconds: number[] = [];
  for (const i of some(rows)) if (timed[i]) seconds.push(end[i]! - start[i]!);
  return medianOf(seconds);
}

function usualWork(
  { work }: Evidence,
  runs: SoundRuns,
  rows: readonly Int32Array[],
  resource: Resource,
): Float64Array {
  return Float64Array.from(rows, (own) => {
    const used: number[] = [];
    if (work)
      for (const i of some(own)) {
        const value = work[resource][runs.row[i]!]!;
        if (Number.isFinite(value)) used.push(value);
      }
    return medianOf(used);
  });
}

const enough = 1000;

function some(rows: Int32Array): Int32Array {
  if (rows.length <= enough) return rows;
  const chosen = new Int32Array(enough);
  for (let k = 0; k < enough; k++) chosen[k] = rows[Math.floor((k * rows.length) / enough)]!;
  return chosen;
}
