/**
 * Change points: false alarms per year on series that never change, looked at every day over the last 30 days as the hub
 * does, and the part of these days on which a trend is told; and how many planted changes are found, by their size and by the
 * runs after them, 30 days before them.
 *
 *     npm run bench -- changes [--worlds 20] [--seed 20000]
 */
import { parseArgs } from "node:util";
import { findChanges, findTrend, seededRandom, type LogSeries } from "@culprit/analysis";
import { day, innocents, makeSeries, victims } from "./series.ts";

const windowDays = 30;
/** An alarm about an instant this close to one that was raised before is the same. */
const sameDays = 3;
const daysLooked = 365;
/** A trend costs more, and hardly changes from one day to the next. */
const trendEvery = 5;
const ratios = [1.1, 1.25, 1.4, 2];
const runsAfter = [5, 10, 20, 50];

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { worlds: { type: "string", default: "20" }, seed: { type: "string", default: "20000" } },
  });
  const worlds = Number(values.worlds);
  const seed = Number(values.seed);
  console.log(
    `seed ${seed}; ${worlds} years of each innocent series, ${worlds * 5} series of each planted change\n`,
  );
  console.log(`${"never changes".padEnd(40)} false alarms a year   a trend told`);
  for (const [name, shape] of Object.entries(innocents)) {
    let alarms = 0;
    let trends = 0;
    for (let world = 0; world < worlds; world++) {
      const year = lookDaily(makeSeries(shape, 365 + windowDays, seededRandom(seed + world)));
      alarms += year.alarms / worlds;
      trends += year.trendDays / year.days / worlds;
    }
    const figures = [alarms.toFixed(2).padStart(20), `${(trends * 100).toFixed(1)}%`.padStart(15)];
    console.log(name.padEnd(40) + figures.join(""));
  }
  console.log(
    `\n${"found of planted changes".padEnd(40)}${ratios.map((ratio) => `+${((ratio - 1) * 100).toFixed(0)}%`.padStart(8)).join("")}`,
  );
  for (const [name, shape] of Object.entries(victims)) {
    for (const after of runsAfter.map((runs) => Math.max(runs, shape.runsPerDay > 1 ? runs * 5 : 0))) {
      const found = ratios.map((ratio) => {
        let count = 0;
        for (let world = 0; world < worlds * 5; world++) {
          const series = makeSeries(shape, windowDays + after / shape.runsPerDay, seededRandom(seed + world));
          const planted = series.logs.length - after;
          for (let i = planted; i < series.logs.length; i++) series.logs[i]! += Math.log(ratio);
          const near = Math.max(2, shape.runsPerDay * 1.5);
          if (findChanges(series).some(({ run }) => Math.abs(run - planted) <= near)) count++;
        }
        return count / (worlds * 5);
      });
      const label = `${name}, ${after} runs after`;
      console.log(
        label.padEnd(40) + found.map((share) => `${(share * 100).toFixed(0)}%`.padStart(8)).join(""),
      );
    }
  }
}

/** As the hub looks at it: each day of a year over the last days. */
function lookDaily(series: LogSeries): { alarms: number; trendDays: number; days: number } {
  const raised: number[] = [];
  const first = series.at[0]!;
  let trendDays = 0;
  let from = 0;
  let to = 0;
  for (let today = windowDays; today < windowDays + daysLooked; today++) {
    while (to < series.at.length && series.at[to]! < first + today * day) to++;
    while (series.at[from]! < first + (today - windowDays) * day) from++;
    const at = series.at.subarray(from, to);
    const logs = series.logs.subarray(from, to);
    const changes = findChanges({ at, logs });
    for (const { run } of changes) {
      const instant = at[run]!;
      if (raised.every((before) => Math.abs(before - instant) > sameDays * day)) raised.push(instant);
    }
    if (today % trendEvery !== 0) continue;
    const last = changes.at(-1)?.run ?? 0;
    if (findTrend({ at: at.subarray(last), logs: logs.subarray(last) })) trendDays++;
  }
  return { alarms: raised.length, trendDays, days: Math.ceil(daysLooked / trendEvery) };
}
