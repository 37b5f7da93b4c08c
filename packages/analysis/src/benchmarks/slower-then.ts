/**
 * What a run lost because its machine was slower than when its normal came about, by the machine's own benchmarks. A run
 * that keeps the CPU for the part f of its normal time N takes f N (1/r - 1) longer where arithmetic is r times as fast
 * (Amdahl 1967). What speaks for no slowdown of the CPU counts: each of its benchmarks that was run must be slower, the one
 * that is least is believed, and where memory is as fast as before the bounds say that work which waits for it lost less.
 */
import { medianOf } from "../statistics.ts";
import { levelRules, type ScoreLevel } from "./score-levels.ts";
import { slowdownAt } from "./slowdown.ts";

/** Seconds since 1970, and of what it took; `cpuSeconds` is NaN where nobody measured. */
export type NormalRun = { start: number; seconds: number; cpuSeconds: number };

/** Score against the one when the runs were normal, below 1, and since when it is slower (seconds since 1970). */
export type SlowerBenchmark<Name> = { benchmark: Name; ratio: number; since: number };

export type SlowerThen<Name> = {
  slower: SlowerBenchmark<Name>[];
  /** Seconds of the run that this explains; null where that can't be told. `low` and `high` are bounds. */
  loss: { seconds: number; low: number; high: number } | null;
};

type Trend<Name> = { benchmark: Name; levels: readonly ScoreLevel[] };
type Kind = "cpu" | "memory" | "other";

const leastNormal = 5;
/** Seconds since the last score for which that is still believed. */
const believed = 7 * 86_400;
/** Of the loss, where nothing is known better: what keeps the CPU does not all wait for arithmetic. */
const lossError = 0.5;

/** `kindOf`: what a benchmark measures. Nothing is slower that was not measured both then and when runs were normal. */
export function slowerThen<Name>(
  trends: readonly Trend<Name>[],
  normal: readonly NormalRun[],
  run: { start: number; normalSeconds: number },
  kindOf: (benchmark: Name) => Kind,
): SlowerThen<Name> {
  const ratios = trends.flatMap(({ benchmark, levels }) => {
    const then = scoreThen(levels, run.start);
    const before = normal
      .map(({ start }) => scoreThen(levels, start))
      .filter((score) => !Number.isNaN(score));
    if (Number.isNaN(then) || before.length < leastNormal) return [];
    const ratio = then / medianOf(Float64Array.from(before));
    const slowdown = ratio <= 1 - levelRules.leastShare ? slowdownAt(levels, run.start) : null;
    return [{ benchmark, ratio, since: slowdown?.since ?? null }];
  });
  return {
    slower: ratios.flatMap(({ since, ...rest }) => (since === null ? [] : [{ ...rest, since }])),
    loss: lossOf(
      ratios.map(({ benchmark, ratio, since }) => ({
        kind: kindOf(benchmark),
        ratio: since === null ? 1 : ratio,
      })),
      busyPart(normal) * run.normalSeconds,
    ),
  };
}

/** The level at that time; NaN before the first score, long after the last, and between two levels, where it changed. */
function scoreThen(levels: readonly ScoreLevel[], then: number): number {
  const at = levels.findLastIndex((level) => level.at <= then);
  const level = levels[at];
  if (!level) return NaN;
  const until = at === levels.length - 1 ? level.last + believed : level.last;
  return then <= until ? level.value : NaN;
}

/** Of the time of a normal run, that in which it kept the CPU; NaN with too few that were measured. */
function busyPart(normal: readonly NormalRun[]): number {
  const parts = normal
    .filter(({ seconds, cpuSeconds }) => seconds > 0 && !Number.isNaN(cpuSeconds))
    .map(({ seconds, cpuSeconds }) => Math.min(1, cpuSeconds / seconds));
  return parts.length < leastNormal ? NaN : medianOf(Float64Array.from(parts));
}

function lossOf(
  measured: readonly { kind: Kind; ratio: number }[],
  busySeconds: number,
): SlowerThen<never>["loss"] {
  const of = (kind: Kind): number[] => measured.filter((one) => one.kind === kind).map(({ ratio }) => ratio);
  const cpu = of("cpu");
  if (cpu.length === 0 || !(busySeconds > 0)) return null;
  const longer = (ratio: number): number => busySeconds * (1 / ratio - 1);
  const seconds = longer(Math.max(...cpu));
  if (seconds === 0) return null;
  const least = longer(Math.max(...cpu, ...of("memory")));
  return {
    seconds,
    low: ((1 - lossError) * (seconds + least)) / 2,
    high: (1 + lossError) * longer(Math.min(...cpu)),
  };
}
