/** Benchmarks of the hub's own: SQL by its DuckDB, on demand and only while its machine is quiet. */
import { cpus, hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import {
  microsPerSecond,
  type BenchmarkRun,
  type BenchmarkSkip,
  type BenchmarkTrend,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { benchmarkDuckDb } from "../store/open.ts";
import { presentTrend, withScores } from "./fitness.ts";
import { judgeTrend } from "./reasons.ts";
import { trendsOf } from "./trends.ts";

const benchmarks = ["sql-insert", "sql-aggregate"] as const;
const longestHistory = 366 * 86_400 * microsPerSecond;
const watchedMillis = 500;
/** Of all processors together. */
const mostBusy = 0.5;
const restSeconds = 30;

export class HubBenchmark {
  readonly #busyShare: () => Promise<number>;
  #underWay = false;
  #endedAt = -Infinity;

  /** `busy`: the part of the machine's processors that others use, 0..1. */
  constructor(busy: () => Promise<number> = busyShare) {
    this.#busyShare = busy;
  }

  /** What was not run says why, as agents do. */
  async run({ store, clock, log }: Pick<Hub, "store" | "clock" | "log">): Promise<BenchmarkRun> {
    if (this.#underWay) return skipped("under-way");
    if (performance.now() - this.#endedAt < restSeconds * 1000) return skipped("resting");
    this.#underWay = true;
    try {
      if ((await this.#busyShare()) > mostBusy) return skipped("busy");
      const begun = performance.now();
      const scores = await benchmarkDuckDb();
      const seconds = (performance.now() - begun) / 1000;
      this.#endedAt = performance.now();
      const unit = "{row}/s";
      const values = [scores.insertedPerSecond, scores.aggregatedPerSecond];
      const results = benchmarks.map((benchmark, at) => ({ benchmark, value: values[at]!, unit }));
      // Scores of two hosts can't be compared.
      const instrument = `${scores.instrument} on ${hostname()}`;
      await store.benchmarks.addHubScores(results.map((one) => ({ ...one, instrument, at: clock.now() })));
      return { results: results.map((one) => ({ ...one, seconds })), skipped: [] };
    } catch (error) {
      log.warn({ err: error }, "the benchmark of the hub failed");
      return skipped("failed");
    } finally {
      this.#underWay = false;
    }
  }
}

function skipped(why: BenchmarkSkip): BenchmarkRun {
  return { results: [], skipped: benchmarks.map((benchmark) => ({ benchmark, why })) };
}

/** With all scores, of the host that measured last. */
export async function hubTrends({ store, clock }: Pick<Hub, "store" | "clock">): Promise<BenchmarkTrend[]> {
  const now = clock.now();
  const columns = await store.benchmarks.hubScores(now - longestHistory);
  return trendsOf(columns, []).map((trend) => withScores(presentTrend(judgeTrend(trend, [], now)), columns));
}

/** 0..1, watched for half a second. */
async function busyShare(): Promise<number> {
  const before = times();
  await sleep(watchedMillis);
  const after = times();
  const all = after.all - before.all;
  return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

function times(): { idle: number; all: number } {
  const each = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    all: user + nice + sys + idle + irq,
  }));
  return {
    idle: each.reduce((sum, { idle }) => sum + idle, 0),
    all: each.reduce((sum, { all }) => sum + all, 0),
  };
}
