/** What the results of all worlds come to, row by row, each beside its goal. */
import { baselineNames } from "./baselines.ts";
import type { RunResult, WorldResult } from "./judge.ts";
import { moveRows, scheduleRows } from "./move-figures.ts";
import { proportion, quantile, type Proportion } from "./proportion.ts";
import { number, percent, share, type Goal, type Row } from "./rows.ts";
import { families, type Family } from "./worlds.ts";

export type Section = { title: string; rows: Row[] };

export function figuresOf(results: readonly WorldResult[]): Section[] {
  const of = (...names: string[]) => results.filter(({ family }) => names.includes(family));
  const planted = of("planted");
  const short = of("planted, short");
  const crowded = of("crowded, log alone");
  const sampled = of("crowded, demand error 10%");
  const log = [...planted, ...short, ...crowded];
  const runs = (worlds: readonly WorldResult[]) => worlds.flatMap(({ slow }) => slow);
  const innocents = families.filter(({ kind }) => kind === "innocent");
  return [
    {
      title: "From the log alone",
      rows: [
        share("right when one process is named", named(runs(log)), { least: 0.97 }),
        share("  planted", named(runs([...planted, ...short]))),
        share("  crowded", named(runs(crowded))),
        share("definite verdict, of separable slow runs", covered(runs(log)), { least: 0.9 }),
        share("  planted", covered(runs([...planted, ...short]))),
        share("  crowded", covered(runs(crowded))),
        share("separable slow runs that the product calls slow", seen(runs(log))),
        share("slow runs with a cause that are separable, crowded", separable(runs(crowded))),
        ...excuseRows(runs(log)),
        ...foundRows(planted),
        ...errorRows(runs([...planted, ...short]), "planted", 0.15),
        ...errorRows(runs(crowded), "crowded"),
        ...intervalRows(runs(log), { eighty: {}, ninetyFive: {} }),
        ...placingRows(runs(crowded), "crowded"),
      ],
    },
    {
      title: "With samples (demand known within 10%)",
      rows: [
        ...placingRows(runs(sampled), "error 10%", { first: 0.92, three: 0.97, percentile: 98 }),
        ...placingRows(runs(of("crowded, demand error 3%")), "error 3%"),
        ...placingRows(runs(of("crowded, demand error 20%")), "error 20%"),
        share("right when one process is named", named(runs(sampled))),
        share("definite verdict, of slow runs with a cause", definite(runs(sampled))),
        ...excuseRows(runs(sampled)),
        ...errorRows(runs(sampled), "crowded", 0.05),
        ...totalRows(sampled),
        ...intervalRows(runs(sampled), {
          eighty: { least: 0.75, most: 0.85 },
          ninetyFive: { least: 0.93, most: 0.97 },
        }),
      ],
    },
    {
      title: "Accusations",
      rows: [
        share("false among accusations, planted", falseShare([...planted, ...short]), { most: 0.05 }, true),
        share("false among accusations, crowded, log alone", falseShare(crowded), { most: 0.05 }, true),
        share("false among accusations, crowded, samples", falseShare(sampled), { most: 0.05 }, true),
        ...innocents.map((family) => innocentRow(family, of(family.name))),
        share(
          "runs slow by themselves that are blamed on another",
          ownBlamed(runs(results)),
          { most: 0.01 },
          true,
        ),
        share(
          "twins: slow runs for which one of two is named",
          proportion(
            runs(of("twins")).filter(({ caused }) => caused),
            (run) => run.named !== null,
          ),
        ),
        share("twins: culprits told as not separable", {
          count: of("twins").reduce((sum, { inGroups }) => sum + inGroups, 0),
          of: of("twins").flatMap((world) => world.planted).length,
        }),
      ],
    },
    {
      title: "Short history (10 to 14 days)",
      rows: [share("planted culprits found, 1.6 and 3", found(short), { least: 0.4 })],
    },
    {
      title: "Moves of the schedule, truly made",
      rows: [
        ...moveRows([...planted, ...short], "planted"),
        ...moveRows(crowded, "crowded, log alone"),
        ...moveRows(sampled, "crowded, samples"),
        ...scheduleRows(planted, "planted"),
        ...scheduleRows(sampled, "crowded, samples"),
      ],
    },
    {
      title: "Others: the true cause placed first / in the first three / suspicion percentile",
      rows: baselineRows(results),
    },
    { title: "Time", rows: timeRows(results) },
  ];
}

const named = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.named !== null),
    (run) => run.named === true,
  );

/** One process is named, or another cause that is the main one; a wrong excuse covers nothing. */
const isDefinite = ({ verdict, named, main }: RunResult): boolean =>
  named !== null || (verdict === "own-work" && main === "own") || (verdict === "host" && main === "host");

const excuseRows = (runs: readonly RunResult[]): Row[] =>
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
const isCalledSlow = ({ verdict }: RunResult): boolean => verdict !== "normal";

const covered = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.separable && run.slowAtTheTime && isCalledSlow(run)),
    isDefinite,
  );

const seen = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.separable && run.slowAtTheTime),
    isCalledSlow,
  );

const definite = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.caused && isCalledSlow(run)),
    isDefinite,
  );

const separable = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.caused),
    (run) => run.separable,
  );

const ownBlamed = (runs: readonly RunResult[]): Proportion =>
  proportion(
    runs.filter((run) => run.own),
    (run) => run.blamesOthers || run.verdict === "culprit",
  );

const found = (
  worlds: readonly WorldResult[],
  wanted: (planted: WorldResult["planted"][number]) => boolean = () => true,
) => proportion(worlds.flatMap(({ planted }) => planted).filter(wanted), (planted) => planted.found);

function foundRows(worlds: readonly WorldResult[]): Row[] {
  const goals = new Map([
    [1.6, 0.7],
    [3, 0.85],
  ]);
  return [1.1, 1.25, 1.6, 3].flatMap((effect) => {
    const least = goals.get(effect);
    const of = (from: number, to: number) =>
      found(worlds, (one) => one.effect === effect && one.exposedRuns >= from && one.exposedRuns < to);
    return [
      share(`planted culprits found, ${effect}`, of(0, Infinity), least === undefined ? {} : { least }),
      share(
        "  that start times can tell from others",
        found(worlds, (one) => one.effect === effect && one.separable),
      ),
      share("  about 10 runs beside them", of(0, 22)),
      share("  about 30", of(22, 65)),
      share("  about 100", of(65, Infinity)),
      share(
        "  one victim alone",
        found(worlds, (one) => one.effect === effect && one.victims === 1),
      ),
    ];
  });
}

function errorRows(runs: readonly RunResult[], where: string, most?: number): Row[] {
  const errors = (contended: boolean) =>
    runs.flatMap(({ error, alwaysContended }) =>
      error === null || alwaysContended !== contended ? [] : [Math.abs(error)],
    );
  const usual = errors(false);
  const always = errors(true);
  return [
    number(
      `seconds of the named process, median error, ${where}`,
      quantile(usual, 0.5),
      usual.length,
      most === undefined ? {} : { most },
    ),
    number("  its 90th percentile", quantile(usual, 0.9), usual.length),
    ...(always.length > 0
      ? [number("  victims that hardly ever run alone", quantile(always, 0.5), always.length)]
      : []),
  ];
}

function intervalRows(runs: readonly RunResult[], goals: { eighty: Goal; ninetyFive: Goal }): Row[] {
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

function placingRows(
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

function totalRows(worlds: readonly WorldResult[]): Row[] {
  const totals = worlds.flatMap((world) => world.totals);
  return [
    number(
      "caused seconds of a culprit in total, median error",
      quantile(
        totals.map(({ caused, truth }) => Math.abs(caused / truth - 1)),
        0.5,
      ),
      totals.length,
      { most: 0.2 },
    ),
    number(
      "  its ratio to the truth, median",
      quantile(
        totals.map(({ caused, truth }) => caused / truth),
        0.5,
      ),
      totals.length,
    ),
    share(
      "  its 95% interval covers",
      proportion(totals, ({ low, high, truth }) => low <= truth && truth <= high),
    ),
    share("culprits found that cost others 1% or more", found(worlds)),
  ];
}

function falseShare(worlds: readonly WorldResult[]): Proportion {
  return {
    count: worlds.reduce((sum, { falselyAccused }) => sum + falselyAccused, 0),
    of: worlds.reduce((sum, { accused }) => sum + accused, 0),
  };
}

function innocentRow({ name }: Family, worlds: readonly WorldResult[]): Row {
  const most = name.includes("load") || name.includes("short") ? 0.02 : 0.01;
  return share(
    `worlds accused, ${name}`,
    proportion(worlds, ({ accused }) => accused > 0),
    { most },
    true,
  );
}

function baselineRows(results: readonly WorldResult[]): Row[] {
  return baselineNames.flatMap((name) =>
    (["planted", "crowded, log alone"] as const).map((family) => {
      const worlds = results.filter((world) => world.family === family);
      const placings = worlds.flatMap(({ slow }) =>
        slow.filter(isCalledSlow).flatMap(({ baselines }) => baselines[name] ?? []),
      );
      const innocent = results.filter(({ baselineAccuses }) => baselineAccuses[name] !== undefined);
      const accuses = proportion(innocent, ({ baselineAccuses }) => baselineAccuses[name] === true);
      const rate = (ranks: number) =>
        percent(proportion(placings, ({ rank }) => rank <= ranks).count / placings.length);
      const percentile = placings.reduce((sum, each) => sum + each.percentile, 0) / placings.length;
      const accused =
        accuses.of > 0 && family === "planted"
          ? `; accuses in ${percent(accuses.count / accuses.of)} of innocent worlds`
          : "";
      return {
        figure: `${name}, ${family}`,
        goal: "",
        value: placings.length === 0 ? "-" : `${rate(1)} / ${rate(3)} / ${percentile.toFixed(1)}${accused}`,
        of: placings.length,
        met: null,
      };
    }),
  );
}

function timeRows(results: readonly WorldResult[]): Row[] {
  return (["log", "samples"] as const).map((basis) => {
    const worlds = results.filter(
      ({ family }) => families.find(({ name }) => name === family)?.basis === basis,
    );
    return number(
      `seconds to fit a world, median, ${basis} (${Math.round(
        quantile(
          worlds.map(({ runs }) => runs),
          0.5,
        ),
      )} runs)`,
      quantile(
        worlds.map(({ fitSeconds }) => fitSeconds),
        0.5,
      ),
      worlds.length,
    );
  });
}
