/** Benchmarks of the hub's own: SQL by its DuckDB, on demand and at its times, only while it and its machine are quiet. */
import { hostname } from "node:os";
import {
  microsPerSecond,
  type BenchmarkRun,
  type BenchmarkSkip,
  type HubBenchmarks,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Locale } from "../answers/why-text.ts";
import type { Hub } from "../context.ts";
import { benchmarkDuckDb } from "../store/open.ts";
import { presentTrend, withScores } from "./fitness.ts";
import type { ScoreColumns } from "../store/store.ts";
import { hubQuiet, type HubAtWork, type HubQuiet } from "./hub-quiet.ts";
import { reasonText } from "./fitness-text.ts";
import { isRecent, judgeTrend, slower } from "./reasons.ts";
import { trendsOf, type ScoreTrend } from "./trends.ts";

const benchmarks = ["sql-insert", "sql-aggregate"] as const;
/** Between what measured and where. */
const onHost = " on ";
const longestHistory = 366 * 86_400 * microsPerSecond;
const restSeconds = 30;
/** Somebody waits, or nobody does; `mostBusy` is of all processors together, 0..1. */
const looks = {
  asked: { seconds: 0.5, mostBusy: 0.5 },
  scheduled: { seconds: 5, mostBusy: 0.25 },
};
/** Of how many hosts trends are told, those that were measured last. */
const hostsTold = 10;

export class HubBenchmark {
  readonly #quiet: HubQuiet;
  readonly #stopping = new AbortController();
  #underWay = false;
  #endedAt = -Infinity;

  constructor(quiet: HubQuiet = hubQuiet) {
    this.#quiet = quiet;
  }

  /** What was not run says why, as agents do. */
  async run(
    hub: Pick<Hub, "store" | "clock" | "log"> & HubAtWork,
    by: keyof typeof looks = "asked",
  ): Promise<BenchmarkRun> {
    if (this.#underWay) return skipped("under-way");
    if (performance.now() - this.#endedAt < restSeconds * 1000) return skipped("resting");
    this.#underWay = true;
    try {
      return await this.#measureIfQuiet(hub, looks[by]);
    } catch (error) {
      hub.log.warn({ err: error }, "the benchmark of the hub failed");
      return skipped("failed");
    } finally {
      this.#underWay = false;
    }
  }

  /** Ends waiting; what is being measured takes a few seconds at most. */
  stop(): void {
    this.#stopping.abort();
  }

  async #measureIfQuiet(
    { store, clock, ...hub }: Pick<Hub, "store" | "clock"> & HubAtWork,
    { seconds: watched, mostBusy }: (typeof looks)["asked"],
  ): Promise<BenchmarkRun> {
    const before = await this.#quiet.disturbance(hub, watched, mostBusy, this.#stopping.signal);
    if (before !== null) return skipped("busy", before);
    const othersSince = this.#quiet.watchOthers(mostBusy);
    const begun = performance.now();
    const scores = await benchmarkDuckDb();
    const seconds = (performance.now() - begun) / 1000;
    this.#endedAt = performance.now();
    const meanwhile = othersSince();
    if (meanwhile !== null) return skipped("busy", `meanwhile ${meanwhile}`);
    const unit = "{row}/s";
    const values = [scores.insertedPerSecond, scores.aggregatedPerSecond];
    const results = benchmarks.map((benchmark, at) => ({ benchmark, value: values[at]!, unit }));
    // Scores of two hosts can't be compared.
    const instrument = `${scores.instrument}${onHost}${hostname()}`;
    await store.benchmarks.addHubScores(results.map((one) => ({ ...one, instrument, at: clock.now() })));
    return { results: results.map((one) => ({ ...one, seconds })), skipped: [] };
  }
}

function skipped(why: BenchmarkSkip, detail?: string): BenchmarkRun {
  return {
    results: [],
    skipped: benchmarks.map((benchmark) => ({ benchmark, why, ...(detail === undefined ? {} : { detail }) })),
  };
}

/** With all scores, of each host that measured lately, or of the one that did last; and what became slower there. */
export async function hubTrends(
  { store, clock }: Pick<Hub, "store" | "clock">,
  locale: Locale,
): Promise<HubBenchmarks> {
  const now = clock.now();
  const byHost = new Map<string, ScoreColumns[]>();
  for (const columns of await store.benchmarks.hubScores(now - longestHistory)) {
    const host = columns.description.attributes["instrument"]?.split(onHost)[1] ?? "";
    byHost.set(host, [...(byHost.get(host) ?? []), columns]);
  }
  const hosts = [...byHost]
    .map(([host, columns]) => ({ host, columns, trends: trendsOf(columns, []) }))
    .toSorted((a, b) => latestOf(b.trends) - latestOf(a.trends))
    .filter(({ trends }, at) => at === 0 || (at < hostsTold && trends.some((trend) => isRecent(trend, now))))
    .map(({ trends, ...host }) => ({ ...host, judged: trends.map((trend) => judgeTrend(trend, [], now)) }));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    benchmarks: hosts.flatMap(({ columns, judged }) =>
      judged.map((trend) => withScores(presentTrend(trend), columns)),
    ),
    reasons: hosts.flatMap(({ host, judged }) =>
      slower(judged).map((reason) => {
        const text = reasonText(reason, locale, zone);
        return {
          code: reason.code,
          text: hosts.length === 1 ? text : m.condition_of_machine({ machine: host, text }, { locale }),
        };
      }),
    ),
  };
}

const latestOf = (trends: readonly ScoreTrend[]): number =>
  Math.max(...trends.map(({ latestAt }) => latestAt));
