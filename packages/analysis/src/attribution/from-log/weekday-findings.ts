/** What is said of suspects that come on the same days of each week (`weekdays.ts`): at most so much, and what would tell. */
import type { NotSeparable } from "../findings.ts";
import type { CaseFile, Pair } from "./case-file.ts";
import { lengthOf } from "./directions.ts";
import { alike } from "./entangled.ts";
import { exposures } from "./planned-exposure.ts";
import type { OnWeekdays } from "./weekdays.ts";

/** A day later it comes on a day of the week that can be compared. */
const oneDay = 86_400;

export function weekdayFindings(file: CaseFile, suspects: readonly OnWeekdays[]): NotSeparable[] {
  const units: OnWeekdays[][] = [];
  for (const suspect of suspects) {
    const unit = units.find(([first]) => isAlike(file, first!, suspect));
    if (unit) unit.push(suspect);
    else units.push([suspect]);
  }
  return units.map((unit): NotSeparable => {
    // What they share is counted once.
    const strongest = new Map<number, Pair>();
    for (const pair of unit.flatMap(({ pairs }) => pairs)) {
      const known = strongest.get(pair.victim);
      if (!known || known.z < pair.z) strongest.set(pair.victim, pair);
    }
    const lost = Array.from(strongest.values(), (pair) => ({ pair, ...secondsOf(file, pair) })).toSorted(
      (a, b) => b.seconds - a.seconds,
    );
    const sum = (of: (one: (typeof lost)[number]) => number) => lost.reduce((all, one) => all + of(one), 0);
    const groups = [...new Set(unit.flatMap(({ pairs }) => pairs.map(({ suspect }) => suspect)))];
    return {
      reason: "weekday",
      groups: groups.toSorted((a, b) => a - b),
      victims: lost.map(({ pair }) => pair.victim),
      seconds: sum(({ seconds }) => seconds),
      low: 0,
      high: sum(({ high }) => high),
      experiment: { group: unit[0]!.pairs[0]!.suspect, shiftSeconds: oneDay },
    };
  });
}

/** Whether they share a victim, and come as good as always together there. */
function isAlike(file: CaseFile, one: OnWeekdays, other: OnWeekdays): boolean {
  return one.pairs.some(({ victim, suspect }) => {
    const rival = other.pairs.find((pair) => pair.victim === victim);
    if (!rival) return false;
    const observations = file.observationsOf(victim)!;
    const [x, y] = [suspect, rival.suspect].map((group) => exposures(observations, file.plannedOf(group)));
    const along = x!.reduce((sum, value, i) => sum + value * y![i]!, 0);
    return along ** 2 >= alike * (lengthOf(x!) * lengthOf(y!)) ** 2;
  });
}

/** What the victim's runs lost if it was the suspect: d (1 - e^(-slope x)). */
function secondsOf(file: CaseFile, { victim, suspect, slope, error }: Pair) {
  const observations = file.observationsOf(victim)!;
  const { seconds, spread } = observations;
  const lost = exposures(observations, file.plannedOf(suspect));
  const by = (slowing: number) =>
    lost.reduce((sum, x, i) => sum + seconds[i]! * (1 - Math.exp(-Math.max(0, slowing) * spread * x)), 0);
  return { seconds: by(slope), high: by(slope + 1.96 * error) };
}
