/**
 * When a process began to take longer or shorter for good: change points of log duration.
 *
 * The series (blocks of runs, without its weekly pattern, outliers drawn in towards a running median) is searched over
 * seeded intervals (Kovács, Bühlmann, Li & Munk 2023) and over its ends. Splits are accepted from the strongest down as
 * long as they are beyond `score` standard errors, then tested again between their neighbours, where a slope must not
 * explain them: part of the step must remain with a slope fitted beside it.
 *
 * Within two weeks a pattern of the week can't be told from a change: there a split must last a week.
 */
import { toBlocks, type Blocks, type LogSeries } from "./blocks.ts";
import { runningMedian } from "./running-median.ts";
import { medianDistance, medianOf } from "./statistics.ts";
import { rankScore } from "./ranks.ts";
import { Steps, type Split } from "./steps.ts";
import { withoutWeeklyPattern } from "./weekly-pattern.ts";

export type Change = {
  /** The first run after it, as a position in the series. */
  run: number;
  /** The median after it over the one before; `low` and `high` bound 95%. */
  ratio: number;
  low: number;
  high: number;
  /** Standard errors of the difference. */
  score: number;
};

export type ChangeRules = {
  /** On each side. */
  leastRuns: number;
  score: number;
  /** The ratio must be above 1 plus this, or below the inverse of that. */
  leastShare: number;
  /** A side must last as long. */
  leastDays: number;
  /** Of a step, the part that must remain with a slope beside it, and its standard errors. */
  besideSlope: { part: number; score: number };
  /** Of Mann and Whitney's test on the medians of the sides' days, standard deviations. */
  rankScore: number;
};

export const changeRules: ChangeRules = {
  leastRuns: 5,
  score: 5,
  leastShare: 0.05,
  leastDays: 3,
  besideSlope: { part: 0.5, score: 4 },
  rankScore: 2.5,
};

type Values = Pick<Blocks, "at" | "value">;

const day = 86_400;
/** Robust deviations from the running median. */
const farthest = 3;
/** On each side of a value, which with these have a median: a level that fewer share is no level. */
const neighbours = 4;
const leastSpread = 0.01;

/** Oldest first. `at`: seconds since 1970, ascending. */
export function findChanges(series: LogSeries, rules = changeRules): Change[] {
  if (series.logs.length < 2 * rules.leastRuns) return [];
  const blocks = toBlocks(series);
  const sides = { least: rules.leastRuns, leastTime: rules.leastDays * day, batchTime: day };
  // Most series have nothing that comes near, and are done here.
  const raw = new Steps(drawnIn(blocks.value), blocks.at, sides);
  if (!candidates(raw).some(({ score }) => score > rules.score / 2)) return [];
  const value = withoutWeeklyPattern(blocks);
  const steps = value === blocks.value ? raw : new Steps(drawnIn(value), blocks.at, sides);
  const splits = confirmed(accepted(candidates(steps), rules), steps, { at: blocks.at, value }, rules);
  return splits.map((at, k) => {
    const from = splits[k - 1] ?? 0;
    const to = splits[k + 1] ?? value.length;
    const difference = medianOf(value.subarray(at, to)) - medianOf(value.subarray(from, at));
    const error = 1.96 * steps.errorOf(from, at, to);
    return {
      run: firstRun(series, blocks.size, from, at, to),
      ratio: Math.exp(difference),
      low: Math.exp(difference - error),
      high: Math.exp(difference + error),
      score: steps.scoreOf(from, at, to),
    };
  });
}

/** Values too far from the median of their neighbours, as far as it goes. */
function drawnIn(values: Float64Array): Float64Array {
  const middle = runningMedian(values, neighbours);
  const distances = values.map((value, i) => value - middle[i]!);
  const most = farthest * Math.max(leastSpread, 1.4826 * medianDistance(distances.slice(), 0));
  return middle.map((level, i) => level + Math.min(most, Math.max(-most, distances[i]!)));
}

/** The strongest split of each seeded interval, and of each end of the series; the strongest first. */
function candidates(steps: Steps): Split[] {
  const { length } = steps;
  const stretches: [number, number][] = [];
  for (let long = length; long >= 10; long = Math.floor(long / Math.SQRT2)) {
    const count = 2 * Math.ceil(length / long) - 1;
    for (let k = 0; k < count; k++) {
      const from = count === 1 ? 0 : Math.floor((k * (length - long)) / (count - 1));
      stretches.push([from, from + long]);
    }
    stretches.push([length - long, length]);
  }
  return stretches
    .flatMap(([from, to]) => steps.strongest(from, to) ?? [])
    .toSorted((a, b) => b.score - a.score);
}

/** From the strongest down, those whose interval has none of the stronger ones within. */
function accepted(splits: readonly Split[], { score, leastRuns }: ChangeRules): number[] {
  const taken: number[] = [];
  for (const split of splits) {
    if (split.score < score) break;
    const apart = taken.every(
      (at) => (at <= split.from || at >= split.to) && Math.abs(at - split.at) >= leastRuns,
    );
    if (apart) taken.push(split.at);
  }
  return taken.toSorted((a, b) => a - b);
}

/** Without those that do not stand between their neighbours; the weakest goes first, for the others may need its room. */
function confirmed(splits: readonly number[], steps: Steps, blocks: Values, rules: ChangeRules): number[] {
  const kept = [...splits];
  for (;;) {
    let weakest = -1;
    let weakestScore = Infinity;
    for (let k = 0; k < kept.length; k++) {
      const [from, split, to] = [kept[k - 1] ?? 0, kept[k]!, kept[k + 1] ?? steps.length];
      const score = stands(steps, blocks, from, split, to, rules) ? Infinity : steps.scoreOf(from, split, to);
      if (score >= weakestScore) continue;
      weakest = k;
      weakestScore = score;
    }
    if (weakest < 0) return kept;
    kept.splice(weakest, 1);
  }
}

function stands(
  steps: Steps,
  blocks: Values,
  from: number,
  split: number,
  to: number,
  rules: ChangeRules,
): boolean {
  const { at, value } = blocks;
  const before = at[split]! - at[0]!;
  const after = at.at(-1)! - at[split]!;
  const mean = steps.scoreOf(from, split, to) * steps.errorOf(from, split, to);
  const median = medianOf(value.subarray(split, to)) - medianOf(value.subarray(from, split));
  const slope = steps.besideSlope(from, split, to);
  return (
    steps.scoreOf(from, split, to) >= rules.score &&
    Math.abs(median) >= Math.log(1 + rules.leastShare) &&
    Math.abs(median) >= mean / 2 &&
    slope.part >= rules.besideSlope.part &&
    slope.score >= rules.besideSlope.score &&
    rankScore(dailyMedians(blocks, from, split), dailyMedians(blocks, split, to)) >= rules.rankScore &&
    before >= 6.5 * day &&
    (before >= 13.5 * day || after >= 6.5 * day)
  );
}

/** From the first one on, a day each: values of one day have causes in common. */
function dailyMedians({ at, value }: Values, from: number, to: number): Float64Array {
  const medians: number[] = [];
  for (let begin = from, end = from; begin < to; begin = end) {
    while (end < to && at[end]! - at[begin]! < 0.9 * day) end++;
    medians.push(medianOf(value.subarray(begin, end)));
  }
  return Float64Array.from(medians);
}

/** Within the blocks beside a split, the run from which on the median after it fits better than the one before. */
function firstRun({ logs }: LogSeries, size: number, from: number, at: number, to: number): number {
  if (size === 1) return at;
  const before = medianOf(logs.subarray(from * size, at * size));
  const after = medianOf(logs.subarray(at * size, to * size));
  let best = at * size;
  let cost = 0;
  let least = Infinity;
  for (let run = (at - 1) * size; run < Math.min(logs.length, (at + 1) * size); run++) {
    if (cost < least) [best, least] = [run, cost];
    cost += Math.abs(logs[run]! - before) - Math.abs(logs[run]! - after);
  }
  return best;
}
