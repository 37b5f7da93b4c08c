/**
 * The levels that the scores of a benchmark held, one after the other: change points for few and noisy values, found as
 * soon as three runs in a row show another level.
 *
 * Splits of seeded intervals (Kovács, Bühlmann, Li & Munk 2023) of the series without its lone outliers (a median of five)
 * are tested on the scores themselves: the difference of the sides' median logarithms over its standard error, with a
 * variance moderated by what benchmarks usually have (Smyth 2004), since three values tell little about their own. Runs
 * that were disturbed look slower one at a time: a side must be beyond the middle for nearly all of its runs, and oftener
 * in a row than such runs came before.
 */
import { runningMedian } from "../running-median.ts";
import { medianDistance, medianOf } from "../statistics.ts";
import { Steps, type Split } from "../steps.ts";
import { studentTails } from "../student.ts";

/** Of a benchmark on one machine, oldest first. `at`: seconds since 1970; `value`: more is faster, above 0. */
export type Scores = { at: Float64Array; value: Float64Array };

/** Runs `from` to before `to`, when the first and the last of them were (seconds since 1970), and the median of their scores. */
export type ScoreLevel = { from: number; to: number; at: number; last: number; value: number };

export const levelRules = {
  /** Of the first level, and of each other. */
  leastRuns: { first: 5, other: 3 },
  /** The step must be as large: a share of the higher level. */
  leastShare: 0.1,
  /** That chance alone makes such a step. */
  mostChance: 1e-6,
  /** Of the runs of a side, those that may be nearer to the other level; one in four may. */
  mostAstray: 0.2,
  /** That disturbed runs, as frequent as before, came that often in a row. */
  mostDisturbed: 1e-4,
};

const leastStep = -Math.log(1 - levelRules.leastShare);
/** Standard deviation of a score's logarithm where the series itself tells little yet, and the runs that this is worth. */
const usualNoise = { deviation: 0.05, worth: 4 };
const leastDeviation = 0.01;
/** Older ones than these newest are one level. */
const mostRuns = 1500;
const deviationsPerMad = 1.4826;
/** Variance of a median over that of a mean. */
const medianVariance = Math.PI / 2;

/** At least one level if there is a score; throws RangeError for scores that are not above 0. */
export function scoreLevels({ at, value }: Scores): ScoreLevel[] {
  const skipped = Math.max(0, value.length - mostRuns);
  const logs = value.subarray(skipped).map((score) => {
    if (!(score > 0)) throw new RangeError(`${score} is not a score`);
    return Math.log(score);
  });
  const splits = confirmed(accepted(candidates(logs, at.subarray(skipped)), logs), logs);
  const edges = [0, ...splits.map((split) => split + skipped), value.length];
  return edges.slice(1).flatMap((to, k) => {
    const from = edges[k]!;
    return from < to
      ? [{ from, to, at: at[from]!, last: at[to - 1]!, value: medianOf(value.subarray(from, to)) }]
      : [];
  });
}

/** The strongest split of each of many stretches of every length, down to two of the shortest levels. */
function candidates(logs: Float64Array, at: Float64Array): Split[] {
  const least = levelRules.leastRuns.other;
  if (logs.length < 2 * least) return [];
  const steps = new Steps(runningMedian(logs, 2), at, { least, leastTime: 0, batchTime: 86_400 });
  const found: Split[] = [];
  for (const long of lengths(2 * least, logs.length)) {
    const stride = Math.max(1, Math.floor(long / 8));
    // From the end, where news is.
    for (let to = logs.length; to >= long; to -= stride) {
      const split = steps.strongest(to - long, to);
      if (split && isLarge(steps, split)) found.push(split);
    }
  }
  return found.toSorted((a, b) => b.score - a.score);
}

/** A look at the means spares most stretches that of the medians, which may differ a little more. */
function isLarge(steps: Steps, { from, at, to, score }: Split): boolean {
  return score * steps.errorOf(from, at, to) > 0.7 * leastStep;
}

function lengths(least: number, most: number): number[] {
  const all: number[] = [];
  for (let long = least; long < most; long *= Math.SQRT2) all.push(Math.round(long));
  return [...all, most];
}

function accepted(splits: readonly Split[], logs: Float64Array): number[] {
  const taken: number[] = [];
  for (const { from, at, to } of splits) {
    const apart = taken.every(
      (other) => (other <= from || other >= to) && Math.abs(other - at) >= levelRules.leastRuns.other,
    );
    if (apart && isStep(logs, from, at, to)) taken.push(at);
  }
  return taken.toSorted((a, b) => a - b);
}

/** Without those that do not stand between their neighbours; the one beside the shortest level goes first. */
function confirmed(splits: readonly number[], logs: Float64Array): number[] {
  const kept = [...splits];
  for (;;) {
    const edges = [0, ...kept, logs.length];
    const fallen = kept
      .map((at, k) => ({ k, from: edges[k]!, at, to: edges[k + 2]! }))
      .filter(({ from, at, to }) => !isStep(logs, from, at, to))
      .toSorted((a, b) => Math.min(a.at - a.from, a.to - a.at) - Math.min(b.at - b.from, b.to - b.at))[0];
    if (!fallen) return kept;
    kept.splice(fallen.k, 1);
  }
}

function isStep(logs: Float64Array, from: number, at: number, to: number): boolean {
  const { leastRuns, mostChance, mostAstray, mostDisturbed } = levelRules;
  const before = logs.subarray(from, at);
  const after = logs.subarray(at, to);
  if (before.length < (from === 0 ? leastRuns.first : leastRuns.other) || after.length < leastRuns.other)
    return false;
  const [low, high] = [medianOf(before), medianOf(after)];
  const step = Math.abs(high - low);
  if (step < leastStep) return false;
  const middle = (low + high) / 2;
  const nearer = (values: Float64Array, other: number): number =>
    values.filter((value) => (other > middle ? value > middle : value < middle)).length;
  const astrayBefore = nearer(before, high);
  const astrayAfter = nearer(after, low);
  const mostOf = (runs: number): number => Math.max(runs < 4 ? 0 : 1, mostAstray * runs);
  if (astrayBefore > mostOf(before.length) || astrayAfter > mostOf(after.length)) return false;
  if ((astrayBefore / before.length) ** (after.length - astrayAfter) > mostDisturbed) return false;
  const { error, freedom } = errorOf(before, low, after, high);
  return studentTails(step / error, freedom) <= mostChance;
}

/** Standard error of the difference of two medians; neighbouring runs that resemble each other count as fewer. */
function errorOf(
  before: Float64Array,
  beforeLevel: number,
  after: Float64Array,
  afterLevel: number,
): { error: number; freedom: number } {
  const count = before.length + after.length;
  const spread = (values: Float64Array, level: number) =>
    values.length * (deviationsPerMad * medianDistance(values.slice(), level)) ** 2;
  const { deviation, worth } = usualNoise;
  const variance =
    (worth * deviation ** 2 + spread(before, beforeLevel) + spread(after, afterLevel)) / (worth + count);
  const correlation = neighbourCorrelation(before, beforeLevel);
  const longRun = Math.max(leastDeviation ** 2, variance) * ((1 + correlation) / (1 - correlation));
  return {
    error: Math.sqrt(medianVariance * longRun * (1 / before.length + 1 / after.length)),
    freedom: worth + count - 2,
  };
}

const enoughForCorrelation = 12;

/** 0 to 0.8; signs instead of sizes, which outliers would decide (the quadrant correlation, by its sine). */
function neighbourCorrelation(values: Float64Array, level: number): number {
  if (values.length < enoughForCorrelation) return 0;
  let agreeing = 0;
  for (let i = 1; i < values.length; i++)
    agreeing += Math.sign(values[i]! - level) * Math.sign(values[i - 1]! - level);
  const share = agreeing / (values.length - 1);
  return Math.min(0.8, Math.max(0, Math.sin((Math.PI / 2) * share)));
}
