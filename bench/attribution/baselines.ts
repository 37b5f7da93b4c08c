/**
 * What others do: the methods that Culprit is held against. All but the first look at actual overlap, as one does by
 * hand, and so fall into the trap that a slow run overlaps more of everything.
 */
import { busyBetween, busyTime, type BusyTime, type Evidence } from "@culprit/analysis";
import { canTouch, Random, type World } from "../../packages/simulator/src/index.ts";
import type { SlowRun } from "./slow-runs.ts";

export const baselineNames = [
  "random",
  "most frequent companion",
  "longest overlap",
  "correlation >= 0.35",
  "Mann-Whitney",
  "non-negative least squares",
] as const;
export type BaselineName = (typeof baselineNames)[number];

/** Of a victim: durations, and by suspect the overlap seconds of each of these runs. */
type Table = { seconds: Float64Array; overlap: Map<number, Float64Array> };

/** Runs of one victim that are looked at, evenly chosen. */
const mostRuns = 1500;

export class Baselines {
  readonly #world: World;
  readonly #evidence: Evidence;
  readonly #busy: BusyTime[];
  readonly #tables = new Map<number, Table>();
  readonly #weights = new Map<number, Map<number, number>>();
  readonly #random: Random;

  constructor(world: World, evidence: Evidence) {
    this.#world = world;
    this.#evidence = evidence;
    this.#random = Random.of(world.seed, "baseline");
    this.#busy = world.plan.processes.map((_, process) => {
      const rows = rowsOf(evidence, process);
      return busyTime(
        Float64Array.from(rows, (row) => evidence.log.start[row]!),
        Float64Array.from(rows, (row) => evidence.log.end[row]!),
      );
    });
  }

  /** By baseline the score of each process as cause of the run. */
  scores(run: SlowRun): [BaselineName, Float64Array][] {
    const { start, end } = this.#evidence.log;
    const table = this.#table(run.victim);
    const weights = this.#least(run.victim, table);
    const count = this.#world.plan.processes.length;
    const all = Object.fromEntries(baselineNames.map((name) => [name, new Float64Array(count)])) as Record<
      BaselineName,
      Float64Array
    >;
    for (const [suspect, overlaps] of table.overlap) {
      const seconds = busyBetween(this.#busy[suspect]!, start[run.row]!, end[run.row]!);
      all.random[suspect] = this.#random.next();
      if (seconds <= 0) continue;
      all["most frequent companion"][suspect] = overlaps.reduce((met, one) => met + (one > 0 ? 1 : 0), 0);
      all["longest overlap"][suspect] = seconds;
      const correlation = correlate(overlaps, table.seconds);
      all["correlation >= 0.35"][suspect] = correlation >= 0.35 ? correlation : 0;
      all["Mann-Whitney"][suspect] = Math.max(0, mannWhitney(overlaps, table.seconds));
      all["non-negative least squares"][suspect] = (weights.get(suspect) ?? 0) * seconds;
    }
    return baselineNames.map((name) => [name, all[name]]);
  }

  /** Whether they accuse anybody in this world, pair by pair. */
  accusations(): Partial<Record<BaselineName, boolean>> {
    let correlates = false;
    const scores: number[] = [];
    for (const victim of this.#world.plan.processes.keys()) {
      const { seconds, overlap } = this.#table(victim);
      for (const one of overlap.values()) {
        if (!correlates && correlate(one, seconds) >= 0.35) correlates = true;
        scores.push(mannWhitney(one, seconds));
      }
    }
    return { "correlation >= 0.35": correlates, "Mann-Whitney": benjaminiHochberg(scores, 0.05) };
  }

  #table(victim: number): Table {
    let table = this.#tables.get(victim);
    if (table) return table;
    const { log } = this.#evidence;
    const timed = rowsOf(this.#evidence, victim).filter((row) => log.timed[row] === 1);
    const step = Math.max(1, timed.length / mostRuns);
    const rows = Array.from(
      { length: Math.min(timed.length, mostRuns) },
      (_, i) => timed[Math.floor(i * step)]!,
    );
    const overlap = new Map<number, Float64Array>();
    for (const suspect of this.#world.plan.processes.keys()) {
      if (!canTouch(this.#world.plan, victim, suspect)) continue;
      overlap.set(
        suspect,
        Float64Array.from(rows, (row) => busyBetween(this.#busy[suspect]!, log.start[row]!, log.end[row]!)),
      );
    }
    table = { seconds: Float64Array.from(rows, (row) => log.end[row]! - log.start[row]!), overlap };
    this.#tables.set(victim, table);
    return table;
  }

  #least(victim: number, table: Table): Map<number, number> {
    let weights = this.#weights.get(victim);
    if (!weights) this.#weights.set(victim, (weights = nonNegativeLeastSquares(table)));
    return weights;
  }
}

function rowsOf({ log }: Evidence, process: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < log.group.length; row++) if (log.group[row] === process) rows.push(row);
  return rows;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's; 0 where one never varies. */
function correlate(one: Float64Array, other: Float64Array): number {
  const [a, b] = [mean(one), mean(other)];
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    both += (one[i]! - a) * (other[i]! - b);
    first += (one[i]! - a) ** 2;
    second += (other[i]! - b) ** 2;
  }
  return first > 0 && second > 0 ? both / Math.sqrt(first * second) : 0;
}

/** Standard normal score of "runs that met it last longer"; 0 with fewer than 5 on a side. */
function mannWhitney(overlap: Float64Array, seconds: Float64Array): number {
  const order = Array.from(seconds.keys()).sort((a, b) => seconds[a]! - seconds[b]!);
  let met = 0;
  let ranks = 0;
  for (const [rank, i] of order.entries()) {
    if (overlap[i]! <= 0) continue;
    met++;
    ranks += rank + 1;
  }
  const rest = seconds.length - met;
  if (met < 5 || rest < 5) return 0;
  const u = ranks - (met * (met + 1)) / 2;
  return (u - (met * rest) / 2) / Math.sqrt((met * rest * (seconds.length + 1)) / 12);
}

/** Whether any of these scores is significant at this false-discovery rate, one-sided. */
function benjaminiHochberg(scores: readonly number[], rate: number): boolean {
  const tails = scores.map(upperTail).toSorted((a, b) => a - b);
  return tails.some((tail, i) => tail <= (rate * (i + 1)) / tails.length);
}

/** Of the standard normal distribution: Abramowitz and Stegun 26.2.17. */
function upperTail(score: number): number {
  if (score < 0) return 1 - upperTail(-score);
  const t = 1 / (1 + 0.2316419 * score);
  const density = Math.exp((-score * score) / 2) / Math.sqrt(2 * Math.PI);
  return (
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  );
}

/** duration = constant + sum of weight x overlap, weights >= 0: coordinate descent. */
function nonNegativeLeastSquares({ seconds, overlap }: Table): Map<number, number> {
  const suspects = [...overlap.entries()].filter(([, values]) => values.some((value) => value > 0));
  const centred = suspects.map(([, values]) => values.map((value) => value - mean(values)));
  const left = seconds.map((value) => value - mean(seconds));
  const weights = new Float64Array(suspects.length);
  const squares = centred.map((values) => values.reduce((sum, value) => sum + value * value, 0));
  for (let round = 0; round < 60; round++) {
    for (const [k, values] of centred.entries()) {
      if (squares[k]! <= 0) continue;
      const gradient = values.reduce((sum, value, i) => sum + value * left[i]!, 0);
      const next = Math.max(0, weights[k]! + gradient / squares[k]!);
      const step = next - weights[k]!;
      if (step !== 0) for (let i = 0; i < left.length; i++) left[i]! -= step * values[i]!;
      weights[k] = next;
    }
  }
  return new Map(suspects.map(([suspect], k) => [suspect, weights[k]!]));
}
