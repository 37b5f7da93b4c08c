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

/** A result is a series point: `culprit.benchmark.score` with the attribute `benchmark`; more is faster. */
export const benchmarkTrend = z.object({
  benchmark: z.enum(benchmarkNames),
  unit: z.string(),
  latest: z.number(),
  latestAt: instant,
  runs: z.number().int(),
  /** Median before the newest change for good. */
  usual: z.number(),
  /** Latest level against the usual: 0.7 is 30% slower. */
  ratio: z.number(),
  changedAt: instant.nullable(),
  /** Against the median of machines with as many cores and the same CPU model. */
  peers: z.object({ machines: z.number().int(), ratio: z.number() }).nullable(),
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

export const fitness = z
  .object({
    machine: z.string(),
    machineId: z.string(),
    state: z.enum(["ok", "degraded", "busy"]),
    reasons: z.array(fitnessReason),
    benchmarks: z.array(benchmarkTrend),
    text: z.string(),
  })
  .meta({ id: "Fitness" });

export type Fitness = z.infer<typeof fitness>;

/** On demand: the names to run; all that the machine allows if left out. */
export const benchmarkRunInput = z.strictObject({
  benchmarks: z.array(z.enum(benchmarkNames)).min(1).optional(),
});

export const benchmarkRun = z
  .object({
    results: z.array(
      z.object({
        benchmark: z.enum(benchmarkNames),
        value: z.number(),
        unit: z.string(),
        seconds: z.number(),
      }),
    ),
    /** Those that were not run, and why: not allowed, not installed, the machine is busy. */
    skipped: z.array(z.object({ benchmark: z.enum(benchmarkNames), why: z.string() })),
  })
  .meta({ id: "BenchmarkRun" });

export type BenchmarkRun = z.infer<typeof benchmarkRun>;
