/** What the answers of single runs come to. */
import type { RunResult } from "./judge.ts";
import { proportion, quantile, type Proportion } from "./proportion.ts";
import { number, share, type Goal, type Row } from "./rows.ts";

export const named = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.named !== null),
    (run) => run.named === true,
  );

/** One process is named, or another cause that is the main one; a wrong excuse covers nothing. */
const isDefinite = ({ verdict, named, main }: RunResult): boolean =>
  named !== null || (verdict === "own-work" && main === "own") || (verdict === "host" && main === "host");

export const excuseRows = (runs: readonly RunResult[]): Row[] =>
  (["own-work", "host"] as const).map((verdict) =>
    share(
      `right when the verdict is ${verdict}`,
      proportion(
        runs.filter((run) => run.verdict === verdict),
        ({ main }) => main === (verdict === "host" ? "host" : "own"),
      ),
    ),
  );

/** Of other runs nothing is told; how many of the truly slow ones they are has a row of its own. */
export const isCalledSlow = ({ verdict }: RunResult): boolean => verdict !== "normal";

export const covered = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.separable && run.slowAtTheTime && isCalledSlow(run)),
    isDefinite,
  );

/** On fixed days of the week a victim's own work may as well be more: start times and durations can't tell which. */
export const isOffCalendar = ({ topOnWeekdays }: RunResult): boolean => !topOnWeekdays;

export const seen = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.separable && run.slowAtTheTime),
    isCalledSlow,
  );

export const definite = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.caused && isCalledSlow(run)),
    isDefinite,
  );

export const separable = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.caused),
    (run) => run.separable,
  );

export const ownBlamed = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.own),
    (run) => run.blamesOthers || run.verdict === "culprit",
  );

export function errorRows(runs: readonly RunResult[], where: string, most?: number): Row[] {
  const errors = (contended: boolean) =>
    runs.flatMap(({ error, alwaysContended }) =>
      error === null || alwaysContended !== contended ? [] : [Math.abs(error)],
    );
  const usual = errors(false);
  const always = errors(true);
  const without = runs.flatMap(({ named, errorWithout, alwaysContended }) =>
    named !== true || errorWithout === null || alwaysContended ? [] : [Math.abs(errorWithout)],
  );
  return [
    number(
      `seconds of the named process, median error, ${where}`,
      quantile(usual, 0.5),
      usual.length,
      most === undefined ? {} : { most },
    ),
    number("  its 90th percentile", quantile(usual, 0.9), usual.length),
    ...(without.length > 0
      ? [number("  against the same world without that process", quantile(without, 0.5), without.length)]
      : []),
    ...(always.length > 0
      ? [number("  victims that hardly ever run alone", quantile(always, 0.5), always.length)]
      : []),
  ];
}

export function intervalRows(runs: readonly RunResult[], goals: { eighty: Goal; ninetyFive: Goal }): Row[] {
  const judged = runs.filter(({ within95, alwaysContended }) => within95 !== null && !alwaysContended);
  return [
    share(
      "80% intervals of a run's seconds cover",
      proportion(judged, ({ within80 }) => within80 === true),
      goals.eighty,
    ),
    share(
      "95% intervals of a run's seconds cover",
      proportion(judged, ({ within95 }) => within95 === true),
      goals.ninetyFive,
    ),
  ];
}

export function placingRows(
  runs: readonly RunResult[],
  where: string,
  goals: { first?: number; three?: number; percentile?: number } = {},
): Row[] {
  const placings = runs.filter(isCalledSlow).flatMap(({ placing }) => placing ?? []);
  const least = (goal: number | undefined) => (goal === undefined ? {} : { least: goal });
  return [
    share(
      `true cause first (AC@1), ${where}`,
      proportion(placings, ({ rank }) => rank <= 1),
      least(goals.first),
    ),
    share(
      `  in the first three (AC@3)`,
      proportion(placings, ({ rank }) => rank <= 3),
      least(goals.three),
    ),
    number(
      `  suspicion percentile`,
      placings.reduce((sum, { percentile }) => sum + percentile, 0) / placings.length,
      placings.length,
      least(goals.percentile),
      1,
    ),
  ];
}
