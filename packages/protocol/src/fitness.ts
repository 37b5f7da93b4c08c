/** How fast a machine is by its own benchmarks, whether that got worse, and whether new work should be placed there. */
import { z } from "zod";
import { instant } from "./instant.ts";

export const benchmarkNames = [
  "cpu-integer",
  "cpu-float",
  "memory-bandwidth",
  "sql-insert",
  "sql-aggregate",
  "disk-write",
  "disk-read",
  "network-up",
  "network-down",
] as const;

export type BenchmarkName = (typeof benchmarkNames)[number];

/**
 * A score is a point of this metric with the attributes `benchmark` and `instrument` (what measured it, with its version:
 * scores of two instruments are never compared); more is faster.
 */
export const benchmarkScoreMetric = "culprit.benchmark.score";

/** Of one request of the network benchmarks, at most; and of all of one run in one direction. */
export const networkBenchmarkBytes = { request: 2 * 1024 * 1024, run: 8 * 1024 * 1024 };

export const networkBenchmarkTaken = z.object({ bytes: z.number().int() });

export const benchmarkTrend = z.object({
  benchmark: z.enum(benchmarkNames),
  unit: z.string(),
  instrument: z.string(),
  latest: z.number(),
  latestAt: instant,
  runs: z.number().int(),
  /** The best level that held for several runs, of the last 90 days. */
  usual: z.number(),
  /** Latest level against the usual: 0.7 is 30% slower. */
  ratio: z.number(),
  /** Since when it is slower than usual; null if it is not. */
  changedAt: instant.nullable(),
  /** Against the median of the others with as many cores and the same CPU model. */
  peers: z.object({ machines: z.number().int(), ratio: z.number() }).nullable(),
  /** The scores themselves (epoch milliseconds), asked of one machine alone. */
  history: z.object({ times: z.array(z.number()), values: z.array(z.number()) }).optional(),
});

export type BenchmarkTrend = z.infer<typeof benchmarkTrend>;

export const fitnessReason = z.object({
  code: z.enum([
    "benchmark-slower",
    "slower-than-peers",
    "cpu-busy",
    "memory-full",
    "disk-full",
    "pressure",
    "steal",
    "not-online",
  ]),
  text: z.string(),
});

export type FitnessReason = z.infer<typeof fitnessReason>;

export const fitness = z
  .object({
    machine: z.string(),
    machineId: z.string(),
    /** `degraded`: slower than it was or than its like; `busy`: not now. */
    state: z.enum(["ok", "degraded", "busy"]),
    reasons: z.array(fitnessReason),
    benchmarks: z.array(benchmarkTrend),
    text: z.string(),
  })
  .meta({ id: "Fitness" });

export type Fitness = z.infer<typeof fitness>;

/** On demand: the names to run; all that the machine allows if left out. */
export const benchmarkRunInput = z.strictObject({
  benchmarks: z.array(z.enum(benchmarkNames)).min(1).max(benchmarkNames.length).optional(),
});

export type BenchmarkRunInput = z.infer<typeof benchmarkRunInput>;

/** `resting`: the one before is too short ago; `not-possible`: this machine can't, e.g. its disk is memory. */
export const benchmarkSkips = [
  "not-allowed",
  "not-installed",
  "not-possible",
  "no-room",
  "busy",
  "resting",
  "under-way",
  "failed",
] as const;

export type BenchmarkSkip = (typeof benchmarkSkips)[number];

export const benchmarkRun = z
  .object({
    results: z
      .array(
        z.object({
          benchmark: z.enum(benchmarkNames),
          value: z.number(),
          unit: z.string().max(20),
          seconds: z.number(),
        }),
      )
      .max(benchmarkNames.length),
    skipped: z
      .array(
        z.object({
          benchmark: z.enum(benchmarkNames),
          why: z.enum(benchmarkSkips),
          detail: z.string().max(500).optional(),
        }),
      )
      .max(benchmarkNames.length),
  })
  .meta({ id: "BenchmarkRun" });

/** Who waits how long for benchmarks, which take about half a minute: the hub for the machine, the caller for the hub. */
export const benchmarkSeconds = { hub: 100, caller: 110 } as const;

/** Of the hub itself: SQL by its DuckDB; `reasons` tell what became slower. */
export const hubBenchmarks = z
  .object({ benchmarks: z.array(benchmarkTrend), reasons: z.array(fitnessReason) })
  .meta({ id: "HubBenchmarks" });

export type HubBenchmarks = z.infer<typeof hubBenchmarks>;

export type BenchmarkRun = z.infer<typeof benchmarkRun>;
