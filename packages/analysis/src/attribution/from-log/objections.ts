/** What speaks against a suspect, whatever its pairs show: other reasons for which its victims may be slow when it runs. */
import type { CaseFile, Pair } from "./case-file.ts";
import { isCommonCause } from "./common-cause.ts";
import { project, unit } from "./directions.ts";
import { centre, type Observations } from "./observations.ts";
import { exposedShare, scorePair } from "./pair-score.ts";
import { exposures } from "./planned-exposure.ts";
import { scoreOfChanges } from "./repeated.ts";
import { hourlyMeans, SharedCause, type HourlyMeans, type Untouched } from "./shared-cause.ts";

/** The scores of pairs of one process once what others show at the same time, without having met it, is gone as well. */
export function scoresBesideSharedCause(file: CaseFile, pairs: readonly Pair[]): Pair[] {
  const process = file.processOf(pairs[0]!.suspect);
  const untouched = new Map<number, HourlyMeans>();
  for (const group of file.victims())
    if (file.processOf(group) !== process) untouched.set(group, meansWithout(file, group, process));
  const shared = new SharedCause(file.span.from, file.span.to, untouched.values());
  return pairs.flatMap(({ victim, suspect }) => {
    const { observations, y, correlation, basis } = file.stateOf(victim);
    const left = y.slice();
    const wider = [...basis];
    const vector = shared.around(observations, untouched.get(victim)!);
    centre(vector, observations);
    const x = exposures(observations, file.plannedOf(suspect));
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
export function scoresBeforeLateness(file: CaseFile, pairs: readonly Pair[]): Pair[] {
  return pairs.flatMap((pair) => {
    const { victim, suspect } = pair;
    const others = file
      .groupsBeside(suspect)
      .filter((group) => file.processOf(group) !== file.processOf(suspect));
    const late = file.lateStarts.of(suspect, others);
    if (!late) return [pair];
    const { observations, y, correlation, basis } = file.stateOf(victim);
    const x = exposures(observations, file.plannedOf(suspect));
    const left = y.slice();
    // As if it had been an ordinary run alone.
    for (const [i, share] of exposures(observations, late).entries()) if (share > 0) x[i] = left[i] = 0;
    const score = scorePair(x, left, observations, correlation, basis);
    return score ? [{ victim, suspect, ...score }] : [];
  });
}

/** The score of what differs between days (`repeated.ts`): the mean of pairs, by what these show; null where nothing does. */
export function repeatedScore(file: CaseFile, pairs: readonly Pair[]): number | null {
  let [sum, shown] = [0, 0];
  for (const { victim, suspect, z } of pairs) {
    const { observations, y, basis } = file.stateOf(victim);
    const x = exposures(observations, file.plannedOf(suspect));
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
export function haveCommonCause(file: CaseFile, pairs: readonly Pair[]): boolean {
  const victims = new Set(pairs.map(({ victim }) => victim));
  return isCommonCause(
    Array.from(victims, (victim) => withoutProcess(file, victim, file.processOf(pairs[0]!.suspect))),
  );
}

function meansWithout(file: CaseFile, group: number, process: number): HourlyMeans {
  const untouched = withoutProcess(file, group, process);
  return untouched.exposure ? hourlyMeans(untouched, file.span.from) : file.hourlyMeansOf(group);
}

function withoutProcess(file: CaseFile, group: number, process: number): Untouched {
  const { observations, y } = file.stateOf(group);
  let exposure: Float64Array | null = null;
  for (const suspect of file.groupsBeside(group)) {
    if (file.processOf(suspect) !== process) continue;
    const more = exposures(observations, file.plannedOf(suspect));
    exposure = exposure ? exposure.map((value, i) => value + more[i]!) : more;
  }
  return { observations, y, exposure };
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
