/**
 * What measured demand tells: who asks for how much of which resource, how sensitive each victim is, and what each process
 * cost each other. Plain data.
 */
import { medianOf } from "../statistics.ts";
import type { Evidence } from "./evidence.ts";
import { crowdingOf, lostShare } from "./lost-speed.ts";
import { placeHistory, type PlaceHistory } from "./place-history.ts";
import { findPlaces, type Place } from "./places.ts";
import { poolSensitivities } from "./pooled-sensitivity.ts";
import { contendedFrom, fitSensitivities, type Exposure, type Sensitivity } from "./sensitivity.ts";
import { soundRuns, type SoundRuns } from "./sound-runs.ts";

/** `place`: position in the model's places. */
export type VictimSensitivity = Sensitivity & { place: number };

/** `seconds` of all the victim's timed runs together, `error` one standard deviation of what is the victim's alone. */
export type Cost = { victim: number; suspect: number; place: number; seconds: number; error: number };

/** What findings show of a victim: some of its timed runs, and how long they took relative to their normal. */
export type Witness = { start: Float64Array; plannedSeconds: number; relative: Float64Array };

export type DemandModel = {
  places: Place[];
  /** By group; of the places it needs. */
  sensitivities: VictimSensitivity[][];
  /** By group and resource: median of what a run uses altogether; NaN if unknown. */
  usualWork: { cpu: Float64Array; io: Float64Array };
  costs: Cost[];
  /** By group; null where nothing it needs was ever contended. */
  witnesses: (Witness | null)[];
};

/** Of a victim with more runs, so many whose planned window was contended and so many others, evenly chosen. */
const mostContended = 1500;
const mostFree = 1000;

export type DemandFit = {
  model: DemandModel;
  /** By run of the log: seconds that it would have taken without contention; NaN where nothing is known of that. */
  alone: Float64Array;
};

/** Null where nothing was measured. RangeError on an unsorted log. */
export function fitFromDemand(evidence: Evidence): DemandFit | null {
  const groups = evidence.groups.machine.length;
  const runs = soundRuns(evidence.log, groups);
  const places = findPlaces(evidence, runs);
  if (!places) return null;
  const byGroup = rowsByGroup(runs, groups);
  const planned = Float64Array.from(byGroup, (rows) =>
    medianOf(rows.filter((i) => runs.timed[i]).map((i) => runs.end[i]! - runs.start[i]!)),
  );
  const histories = places.map((place) => placeHistory(evidence, place, runs, planned));
  const sensitivities: VictimSensitivity[][] = Array.from({ length: groups }, () => []);
  const witnesses: (Witness | null)[] = byGroup.map(() => null);
  const victims = byGroup.map((rows, group) => victimOf(group, rows, runs, places, histories));
  for (const [group, victim] of victims.entries()) {
    if (!victim) continue;
    const fit = fitSensitivities(victim.seconds, victim.exposures);
    witnesses[group] = {
      start: victim.start,
      plannedSeconds: planned[group]!,
      relative: victim.seconds.map((seconds, i) => seconds / Math.exp(fit.level[i]!)),
    };
    sensitivities[group] = fit.sensitivities.map((one, k) => ({ ...one, place: victim.places[k]! }));
  }
  poolSensitivities(sensitivities, places);
  const costs = victims.flatMap((victim, group) =>
    victim ? costsOf(group, victim, sensitivities[group]!, places, histories) : [],
  );
  const works = {
    cpu: usualWork(evidence, runs, byGroup, "cpu"),
    io: usualWork(evidence, runs, byGroup, "io"),
  };
  const alone = new Float64Array(evidence.log.start.length).fill(NaN);
  for (const [group, rows] of byGroup.entries())
    secondsAlone(alone, group, rows, runs, sensitivities[group]!, places, histories);
  return { model: { places, sensitivities, witnesses, usualWork: works, costs }, alone };
}

/** Fills in the group's runs. */
function secondsAlone(
  alone: Float64Array,
  group: number,
  rows: Int32Array,
  runs: SoundRuns,
  sensitivities: readonly VictimSensitivity[],
  places: readonly Place[],
  histories: readonly (PlaceHistory | null)[],
): void {
  const exposures = sensitivities.map(
    ({ place }) => histories[place]!.exposures[places[place]!.groups.indexOf(group)]!,
  );
  if (exposures.length === 0) return;
  for (const [k, i] of rows.entries()) {
    let left = 1;
    for (const [r, { lost, stretch }] of exposures.entries())
      left *= 1 - lostShare(crowdingOf(lost[k]!, stretch[k]!), sensitivities[r]!.value);
    alone[runs.row[i]!] = left * (runs.end[i]! - runs.start[i]!);
  }
}

type Victim = { start: Float64Array; seconds: Float64Array; exposures: Exposure[]; places: number[] };

const leastRuns = 8;

/** The chosen runs of a group, and how contended each place that it needs was for them. */
function victimOf(
  group: number,
  rows: Int32Array,
  runs: SoundRuns,
  places: readonly Place[],
  histories: readonly (PlaceHistory | null)[],
): Victim | null {
  const needed = histories.flatMap((history, p) => {
    const position = history ? places[p]!.groups.indexOf(group) : -1;
    return position >= 0 && places[p]!.needs[position]
      ? [{ p, exposure: history!.exposures[position]! }]
      : [];
  });
  const timed = Array.from(rows.keys()).filter((k) => runs.timed[rows[k]!]);
  if (needed.length === 0 || timed.length === 0) return null;
  const isContended = (k: number) => needed.some(({ exposure }) => exposure.planned[k]! > contendedFrom);
  const chosen =
    timed.length < leastRuns
      ? timed
      : [
          ...evenly(timed.filter(isContended), mostContended),
          ...evenly(
            timed.filter((k) => !isContended(k)),
            mostFree,
          ),
        ].toSorted((a, b) => a - b);
  return {
    start: Float64Array.from(chosen, (k) => runs.start[rows[k]!]!),
    seconds: Float64Array.from(chosen, (k) => runs.end[rows[k]!]! - runs.start[rows[k]!]!),
    exposures: needed.map(({ exposure }) => ({
      lost: Float32Array.from(chosen, (k) => exposure.lost[k]!),
      stretch: Float32Array.from(chosen, (k) => exposure.stretch[k]!),
      planned: Float32Array.from(chosen, (k) => exposure.planned[k]!),
    })),
    places: needed.map(({ p }) => p),
  };
}

function evenly(all: readonly number[], most: number): number[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** The totals at sensitivity 1, brought to the victim's own. */
function costsOf(
  victim: number,
  { seconds, exposures }: Victim,
  sensitivities: readonly VictimSensitivity[],
  places: readonly Place[],
  histories: readonly (PlaceHistory | null)[],
): Cost[] {
  const shares = sensitivities.map(({ value }, r) =>
    Float64Array.from(seconds, (_, i) =>
      lostShare(crowdingOf(exposures[r]!.lost[i]!, exposures[r]!.stretch[i]!), value),
    ),
  );
  return sensitivities.flatMap(({ place, value, error }, r) => {
    const { groups } = places[place]!;
    const { totals } = histories[place]!;
    let atOne = 0;
    let own = 0;
    for (let i = 0; i < seconds.length; i++) {
      atOne += exposures[r]!.lost[i]! * seconds[i]!;
      own += shares[r]![i]! * togetherPart(shares, i) * seconds[i]!;
    }
    if (!(atOne > 0 && value > 0)) return [];
    const row = groups.indexOf(victim) * groups.length;
    return Array.from(groups, (suspect, position) => {
      const cost = (totals[row + position]! * own) / atOne;
      return { victim, suspect, place, seconds: cost, error: (cost * error) / value };
    }).filter((cost) => cost.seconds > 0 && cost.suspect !== victim);
  });
}

/** Lost shares taken one after the other are less than their sum: by this factor. */
function togetherPart(shares: readonly Float64Array[], i: number): number {
  let sum = 0;
  let left = 1;
  for (const share of shares) {
    sum += share[i]!;
    left *= 1 - share[i]!;
  }
  return sum > 0 ? (1 - left) / sum : 1;
}

function rowsByGroup({ group }: SoundRuns, groups: number): Int32Array[] {
  const counts = new Int32Array(groups);
  for (const one of group) counts[one]!++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(groups);
  for (let i = 0; i < group.length; i++) rows[group[i]!]![filled[group[i]!]!++] = i;
  return rows;
}

function usualWork(
  { work }: Evidence,
  runs: SoundRuns,
  byGroup: readonly Int32Array[],
  resource: "cpu" | "io",
): Float64Array {
  return Float64Array.from(byGroup, (rows) =>
    work
      ? medianOf(
          evenly(Array.from(rows), 501)
            .map((i) => work[resource][runs.row[i]!]!)
            .filter(Number.isFinite),
        )
      : NaN,
  );
}
