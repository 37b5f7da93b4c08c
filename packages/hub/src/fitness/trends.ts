/**
 * The levels that each machine's benchmarks held. They change a few times a day: what was found is held, and read again
 * when this hub took in new scores, or after some minutes, for another hub may have.
 */
import { scoreLevels, type ScoreLevel } from "@culprit/analysis";
import { benchmarkNames, microsPerSecond, type BenchmarkName, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { BenchmarkStore, ScoreColumns } from "../store/store.ts";

export type ScoreTrend = {
  benchmark: BenchmarkName;
  instrument: string;
  unit: string;
  latest: number;
  latestAt: Micros;
  runs: number;
  /** Oldest first; the last is the present one. */
  levels: readonly ScoreLevel[];
};

type Held = { readAt: Micros; trends: ScoreTrend[] };

const day = 86_400 * microsPerSecond;
/** What is older is not usual any more: a margin over the days for which that is missed. */
const longestAge = 120 * day;
const heldFor = 300 * microsPerSecond;
const machinesAtOnce = 50;

export class BenchmarkTrends {
  readonly #store: BenchmarkStore;
  readonly #clock: Clock;
  readonly #held = new Map<number, Held>();

  constructor(store: BenchmarkStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Scores of this machine were committed. */
  heard(machineId: number): void {
    const held = this.#held.get(machineId);
    if (held) held.readAt = -Infinity;
  }

  /** In the order of the protocol's list; of each benchmark by what measured it last. */
  async of(machineIds: readonly number[]): Promise<Map<number, readonly ScoreTrend[]>> {
    const now = this.#clock.now();
    const stale = machineIds.filter((machineId) => !this.#isFresh(machineId, now));
    for (let first = 0; first < stale.length; first += machinesAtOnce) {
      const some = stale.slice(first, first + machinesAtOnce);
      const columns = await this.#store.scores(some, now - longestAge);
      for (const machineId of some)
        this.#held.set(machineId, {
          readAt: now,
          trends: trendsOf(
            columns.filter((each) => each.machineId === machineId),
            this.#held.get(machineId)?.trends ?? [],
          ),
        });
    }
    return new Map(machineIds.map((machineId) => [machineId, this.#held.get(machineId)?.trends ?? []]));
  }

  #isFresh(machineId: number, now: Micros): boolean {
    const held = this.#held.get(machineId);
    return held !== undefined && now - held.readAt < heldFor;
  }
}

/** What has no new score is as it was `before`. */
export function trendsOf(columns: readonly ScoreColumns[], before: readonly ScoreTrend[]): ScoreTrend[] {
  return benchmarkNames.flatMap((benchmark) => {
    const scores = newestOf(columns, benchmark);
    if (!scores) return [];
    const known = before.find((each) => each.benchmark === benchmark);
    return [isOf(scores, known) ? known : trendOf(benchmark, scores)];
  });
}

function isOf({ at, description }: ScoreColumns, trend: ScoreTrend | undefined): trend is ScoreTrend {
  return (
    trend?.latestAt === at.at(-1) &&
    trend?.runs === at.length &&
    trend?.instrument === description.attributes["instrument"]
  );
}

/** What another instrument measured can't be compared. */
export function newestOf(
  columns: readonly ScoreColumns[],
  benchmark: BenchmarkName,
): ScoreColumns | undefined {
  return columns
    .filter(({ description }) => description.attributes["benchmark"] === benchmark)
    .toSorted((a, b) => b.at.at(-1)! - a.at.at(-1)!)[0];
}

function trendOf(benchmark: BenchmarkName, { description, at, value }: ScoreColumns): ScoreTrend {
  return {
    benchmark,
    instrument: description.attributes["instrument"] ?? "",
    unit: description.unit,
    latest: value.at(-1)!,
    latestAt: at.at(-1)!,
    runs: value.length,
    levels: scoreLevels({ at: at.map((instant) => instant / microsPerSecond), value }),
  };
}
