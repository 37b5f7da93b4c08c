/** What the results of all worlds come to, row by row, each beside its goal. */
import { baselineRows } from "./baseline-figures.ts";
import type { WorldResult } from "./judge.ts";
import { moveRows, scheduleRows } from "./move-figures.ts";
import { proportion, quantile, type Proportion } from "./proportion.ts";
import { number, share, type Row } from "./rows.ts";
import {
  covered,
  definite,
  errorRows,
  excuseRows,
  intervalRows,
  isOffCalendar,
  named,
  ownBlamed,
  placingRows,
  seen,
  separable,
} from "./run-figures.ts";
import { families, type Family } from "./worlds.ts";

const intervalGoals = { eighty: { least: 0.75, most: 0.85 }, ninetyFive: { least: 0.93, most: 0.97 } };

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
        share("  whose cause keeps to no days of the week", covered(runs(log).filter(isOffCalendar))),
        share("separable slow runs that the product calls slow", seen(runs(log))),
        share("slow runs with a cause that are separable, crowded", separable(runs(crowded))),
        ...excuseRows(runs(log)),
        ...foundRows(planted),
        share(
          "culprits that keep to days of the week, told as not separable from these",
          proportion(
            planted.flatMap((world) => world.planted).filter(({ onWeekdays }) => onWeekdays),
            ({ asked }) => asked,
          ),
        ),
        share("  of such questions those about processes that cost nobody anything", {
          count: planted.reduce((sum, { wronglyAsked }) => sum + wronglyAsked, 0),
          of: planted.reduce(
            (sum, { planted: own, wronglyAsked }) =>
              sum + own.filter(({ asked }) => asked).length + wronglyAsked,
            0,
          ),
        }),
        ...errorRows(runs([...planted, ...short]), "planted", 0.15),
        ...errorRows(runs(crowded), "crowded"),
        ...intervalRows(runs(log), intervalGoals),
        ...placingRows(runs(crowded), "crowded"),
      ],
    },
    {
      title: "With samples (demand known within 10%)",
      rows: [
        ...placingRows(runs(sampled), "error 10%", { first: 0.92, three: 0.97, percentile: 98 }),
        ...placingRows(runs(of("crowded, demand error 3%")), "error 3%"),
        ...placingRows(runs(of("crowded, demand error 20%")), "error 20%"),
        ...placingRows(runs(of("crowded, queues misread")), "error 10%, queues told wrong by 20%"),
        share("right when one process is named", named(runs(sampled))),
        share("definite verdict, of slow runs with a cause", definite(runs(sampled))),
        ...excuseRows(runs(sampled)),
        ...errorRows(runs(sampled), "crowded", 0.05),
        ...totalRows(sampled),
        ...intervalRows(runs(sampled), intervalGoals),
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
      share(
        "  that keep to no days of the week",
        found(worlds, (one) => one.effect === effect && !one.onWeekdays),
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
