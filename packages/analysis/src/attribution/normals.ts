/**
 * What is normal for a group, and when: the running median over days of log duration, within stretches between changes for
 * good (`changes.ts`), so that growth makes no run slow and a deploy is no slow week; the spread is that about it.
 */
import { deviationRules, logDuration, type Baseline } from "../baseline.ts";
import { toBlocks } from "../blocks.ts";
import { lowerBound } from "../busy.ts";
import { findChanges } from "../changes.ts";
import { runningMedian } from "../running-median.ts";
import { medianDistance } from "../statistics.ts";
import type { GroupRuns } from "./grouped-runs.ts";

export type Normal = {
  count: number;
  /** From each instant on, ascending, the natural logarithm of the usual seconds. */
  at: Float64Array;
  level: Float64Array;
  /** Robust standard deviation about the level. */
  spread: number;
};

export type NormalNow = Pick<Baseline, "medianSeconds" | "logMedian" | "logSpread">;

const day = 86_400;
/** Days on each side, of what runs now and then and of what runs often enough to tell its level sooner. */
const half = { seldom: 10, often: 3 };
const oftenPerDay = 4;
const deviationsPerMad = 1.4826;
/** No duration is usual below this. */
export const shortestSeconds = 0.001;

/** Null if there are too few timed runs to call anything normal. */
export function fitNormal({ start, end, timed }: GroupRuns): Normal | null {
  const { leastCount } = deviationRules;
  const count = countTimed(timed);
  if (count < leastCount) return null;
  const at = new Float64Array(count);
  const logs = new Float64Array(count);
  for (let i = 0, k = 0; k < count; i++) {
    if (!timed[i]) continue;
    at[k] = start[i]!;
    logs[k++] = logDuration(end[i]! - start[i]!);
  }
  const firsts = [0];
  for (const { run } of findChanges({ at, logs }))
    if (run - firsts.at(-1)! >= leastCount && logs.length - run >= leastCount) firsts.push(run);
  const stretches = firsts.map((first, k) =>
    levels(at.subarray(first, firsts[k + 1]), logs.subarray(first, firsts[k + 1])),
  );
  const normal = {
    count,
    at: Float64Array.from(stretches.flatMap((stretch) => [...stretch.at])),
    level: Float64Array.from(stretches.flatMap((stretch) => [...stretch.level])),
  };
  const usual = levelsAt(normal, at);
  const rest = logs.map((value, i) => value - usual[i]!);
  return { ...normal, spread: deviationsPerMad * medianDistance(rest, 0) };
}

export function normalAt(normal: Normal, start: number): NormalNow {
  const logMedian = levelAt(normal, start);
  return { medianSeconds: Math.exp(logMedian), logMedian, logSpread: normal.spread };
}

export function levelAt({ at, level }: Pick<Normal, "at" | "level">, start: number): number {
  let next = lowerBound(at, start);
  while (at[next + 1] === start) next++;
  return level[at[next] === start ? next : Math.max(0, next - 1)]!;
}

/** The level at each of many instants, ascending. */
export function levelsAt({ at, level }: Pick<Normal, "at" | "level">, starts: Float64Array): Float64Array {
  let next = 0;
  return starts.map((start) => {
    while (next + 1 < at.length && at[next + 1]! <= start) next++;
    return level[next]!;
  });
}

/** How long a run that starts then usually takes; undefined without a normal. */
export function usualSeconds(normal: Normal | null, start: number): number | undefined {
  return normal ? Math.max(shortestSeconds, Math.exp(levelAt(normal, start))) : undefined;
}

function countTimed(timed: Uint8Array): number {
  let count = 0;
  for (const one of timed) if (one) count++;
  return count;
}

/** The running median of daily medians. */
function levels(at: Float64Array, logs: Float64Array): Pick<Normal, "at" | "level"> {
  const days = Math.max(1, Math.ceil((at.at(-1)! - at[0]!) / day));
  const blocks = toBlocks({ at, logs }, days);
  const often = logs.length >= oftenPerDay * days;
  return { at: blocks.at, level: runningMedian(blocks.value, often ? half.often : half.seldom) };
}
