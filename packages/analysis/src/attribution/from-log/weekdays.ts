/**
 * Suspects that come on the same days of each week. How long a victim takes on Sundays is told by its Sundays alone, and so is
 * what the suspect costs it: the means of the hours of the week leave nothing of such an exposure, and no number of weeks
 * changes that. Whether it is the suspect or the day can't be known before one of them comes without the other; so what shows
 * with the means of the hours of the day off instead (`pair-score.ts`, by whole days) is told as not separable from the weekday.
 */
import { logDuration } from "../../baseline.ts";
import { medianOf } from "../../statistics.ts";
import type { CaseFile, Pair } from "./case-file.ts";
import { lengthOf, project, unit, type Basis } from "./directions.ts";
import { falseDiscoveryRates, simes, upperTail } from "./false-discovery.ts";
import { centre, type Observations } from "./observations.ts";
import { clusterCorrelation, leastVarianceLeft, scorePair } from "./pair-score.ts";
import { exposures } from "./planned-exposure.ts";
import { isEvidence, rate, type Accepted } from "./selection.ts";

/** A suspect, with its pairs, the strongest first. */
export type OnWeekdays = { process: number; pairs: Pair[] };

const day = 86_400;
/** It stays away on one day of the week at least, the same in weeks that are so far apart. */
const least = { weeks: 3, daysAway: 1 };

/** A victim's runs without the means of the hours of the day, and without what the accepted explain. */
type ByDay = { observations: Observations; y: Float64Array; basis: Basis; correlation: number };

/** `startsOf` a group, ascending; `accepted` are the culprits that are known already. */
export function suspectsOnWeekdays(
  file: CaseFile,
  startsOf: (group: number) => Float64Array,
  accepted: readonly Accepted[],
): OnWeekdays[] {
  const known = new Set(accepted.flatMap(({ processes }) => processes));
  const weekly = new Map<number, boolean>();
  const isWeekly = (group: number, origin: number): boolean => {
    const known = weekly.get(group) ?? keepsToWeekdays(startsOf(group), origin);
    weekly.set(group, known);
    return known;
  };
  const tests = new Map<number, number>();
  const pairs = new Map<number, Pair[]>();
  for (const victim of file.victims()) {
    const { origin } = file.observationsOf(victim)!;
    const suspects = file
      .suspectsOf(victim)
      .filter((suspect) => !known.has(file.processOf(suspect)) && isWeekly(suspect, origin));
    const view = suspects.length > 0 ? viewByDay(file, victim, accepted) : null;
    if (!view) continue;
    for (const suspect of suspects) {
      const process = file.processOf(suspect);
      const score = scoreByDay(file, view, victim, suspect);
      if (!score) continue;
      tests.set(process, (tests.get(process) ?? 0) + 1);
      pairs.set(process, [...(pairs.get(process) ?? []), { victim, suspect, ...score }]);
    }
  }
  const suspicions = Array.from(tests, ([process, count]) => {
    const own = pairs.get(process)!.toSorted((a, b) => b.z - a.z);
    const scores = own.map(({ z }) => z);
    return { process, scores, pairs: own.filter(({ z }) => z > 2), p: simes(scores.map(upperTail), count) };
  });
  const rates = falseDiscoveryRates(Float64Array.from(suspicions, ({ p }) => p));
  return suspicions
    .filter(({ scores, p }, i) => rates[i]! <= rate && isEvidence(scores, p))
    .map(({ process, pairs }) => ({ process, pairs }));
}

function keepsToWeekdays(starts: Float64Array, origin: number): boolean {
  if (starts.length === 0 || starts.at(-1)! - starts[0]! < least.weeks * 7 * day) return false;
  const days = new Set<number>();
  for (const start of starts) days.add(Math.floor((start - origin) / day) % 7);
  return days.size <= 7 - least.daysAway;
}

/** Null where the victim's log knows no weeks. */
function viewByDay(file: CaseFile, victim: number, accepted: readonly Accepted[]): ByDay | null {
  const seen = file.observationsOf(victim)!;
  const { hour } = seen;
  const binCounts = new Float64Array(hour.reduce((most, one) => Math.max(most, one + 1), 1));
  for (const one of hour) binCounts[one]!++;
  if (seen.binCounts.length <= binCounts.length) return null;
  const means = binCounts.filter((count) => count > 0).length;
  const cluster = Int32Array.from(seen.start, (at) => Math.floor((at - seen.origin) / day));
  const observations = { ...seen, bin: hour, binCounts, means, cluster };
  const rest = seen.seconds.map((seconds, i) => logDuration(seconds) - seen.level[i]!);
  const middle = medianOf(rest);
  const y = rest.map((value) => Math.min(3, Math.max(-3, (value - middle) / seen.spread)));
  centre(y, observations);
  const correlation = clusterCorrelation(y, observations);
  const basis: Float64Array[] = [];
  for (const { pairs } of accepted)
    for (const pair of pairs) {
      if (pair.victim !== victim) continue;
      const x = exposures(observations, file.plannedOf(pair.suspect));
      centre(x, observations);
      const free = unit(x, basis);
      if (!free) continue;
      project(y, free);
      basis.push(free);
    }
  return { observations, y, basis, correlation };
}

/** Null where hours of the week can tell them apart, or nothing can. */
function scoreByDay(file: CaseFile, view: ByDay, victim: number, suspect: number) {
  const { observations, y, basis, correlation } = view;
  const x = exposures(observations, file.plannedOf(suspect));
  const weekly = x.slice();
  centre(weekly, file.observationsOf(victim)!);
  const daily = x.slice();
  centre(daily, observations);
  const isTold = lengthOf(weekly) ** 2 > leastVarianceLeft * lengthOf(daily) ** 2;
  return isTold ? null : scorePair(x, y, observations, correlation, basis);
}
