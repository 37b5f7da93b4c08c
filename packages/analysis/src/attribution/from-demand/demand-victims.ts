/** A victim's runs from which its sensitivities are learnt, and what each suspect cost it. */
import type { Cost, VictimSensitivity } from "./demand-model.ts";
import { crowdingOf, lostShare } from "./lost-speed.ts";
import type { PlaceHistory } from "./place-history.ts";
import type { Place } from "./places.ts";
import { contendedFrom, type Exposure } from "./sensitivity.ts";
import type { SoundRuns } from "../sound-runs.ts";

/** `exposures` are of the runs, one for each of the places. */
export type Victim = { start: Float64Array; seconds: Float64Array; exposures: Exposure[]; places: number[] };

/** Of a victim with more runs, so many whose planned window was contended and so many others, evenly chosen. */
const mostContended = 1500;
const mostFree = 1000;

/** `rows` are the group's runs. Null if no place that it needs was ever contended, or no run is timed. */
export function chooseVictim(
  group: number,
  rows: Int32Array,
  runs: SoundRuns,
  needed: readonly number[],
  places: readonly Place[],
  histories: readonly (PlaceHistory | null)[],
): Victim | null {
  const met = needed.flatMap((place) => {
    const history = histories[place];
    return history ? [{ place, exposure: history.exposures[places[place]!.groups.indexOf(group)]! }] : [];
  });
  if (met.length === 0) return null;
  const contended: number[] = [];
  const free: number[] = [];
  for (let k = 0; k < rows.length; k++) {
    if (!runs.timed[rows[k]!]) continue;
    if (met.some(({ exposure }) => exposure.planned[k]! > contendedFrom)) contended.push(k);
    else free.push(k);
  }
  const chosen = [...evenly(contended, mostContended), ...evenly(free, mostFree)].toSorted((a, b) => a - b);
  if (chosen.length === 0) return null;
  return {
    start: Float64Array.from(chosen, (k) => runs.start[rows[k]!]!),
    seconds: Float64Array.from(chosen, (k) => runs.end[rows[k]!]! - runs.start[rows[k]!]!),
    exposures: met.map(({ exposure }) => ({
      lost: Float32Array.from(chosen, (k) => exposure.lost[k]!),
      stretch: Float32Array.from(chosen, (k) => exposure.stretch[k]!),
      planned: Float32Array.from(chosen, (k) => exposure.planned[k]!),
    })),
    places: met.map(({ place }) => place),
  };
}

function evenly(all: readonly number[], most: number): readonly number[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** The totals at sensitivity 1, brought to the victim's own. */
export function costsOf(
  group: number,
  victim: Victim,
  sensitivities: readonly VictimSensitivity[],
  places: readonly Place[],
  histories: readonly (PlaceHistory | null)[],
): Cost[] {
  const { seconds, exposures } = victim;
  const own = victim.places.map(
    (place) => sensitivities.find((one) => one.place === place) ?? { place, value: 0, error: 0 },
  );
  const shares = own.map(({ value }, r) =>
    Float64Array.from(seconds, (_, i) =>
      lostShare(crowdingOf(exposures[r]!.lost[i]!, exposures[r]!.stretch[i]!), value),
    ),
  );
  return own.flatMap(({ place, value, error }, r) => {
    const { groups } = places[place]!;
    const { totals } = histories[place]!;
    let atOne = 0;
    let lost = 0;
    for (let i = 0; i < seconds.length; i++) {
      atOne += exposures[r]!.lost[i]! * seconds[i]!;
      lost += shares[r]![i]! * partTogether(shares.map((share) => share[i]!)) * seconds[i]!;
    }
    if (!(atOne > 0 && value > 0)) return [];
    const row = groups.indexOf(group) * groups.length;
    return Array.from(groups, (suspect, position) => {
      const cost = (totals[row + position]! * lost) / atOne;
      return { victim: group, suspect, place, seconds: cost, error: (cost * error) / value };
    }).filter((cost) => cost.seconds > 0 && cost.suspect !== group);
  });
}

/** Shares lost at several places one after the other come to less than their sum: to this part of it. */
export function partTogether(shares: readonly number[]): number {
  let sum = 0;
  let left = 1;
  for (const share of shares) {
    sum += share;
    left *= 1 - Math.min(1, share);
  }
  return sum > 0 ? (1 - left) / sum : 1;
}
