/** The explanation of one run. */
import { z } from "zod";
import { checkIncident } from "./check.ts";
import { execution } from "./execution.ts";
import { benchmarkNames } from "./fitness.ts";
import { instant } from "./instant.ts";
import { deviation, normal } from "./process.ts";
import { verdicts } from "./verdict.ts";

/** The `seconds` of all shares add up to `excessSeconds`; `low` and `high` bound 95%. */
export const share = z.object({
  cause: z.enum(["process", "group", "own-work", "host", "unexplained"]),
  process: z.string().optional(),
  processes: z.array(z.string()).optional(),
  machine: z.string().optional(),
  slowerMachine: z.literal(true).optional().meta({
    description:
      "of `host`: the machine itself was slower by its own benchmarks; absent: its host took CPU time away",
  }),
  seconds: z.number(),
  low: z.number(),
  high: z.number(),
});

export const concurrentExecution = z.object({
  execution: z.string().meta({ description: "id of the execution that ran at the same time" }),
  process: z.string(),
  processId: z.string(),
  step: z.string().optional(),
  machine: z.string(),
  machineId: z.string(),
  startedAt: instant,
  endedAt: instant.optional(),
  overlapSeconds: z.number(),
  processOverlapSeconds: z
    .number()
    .meta({ description: "of all executions of this process on this machine together" }),
  usualOverlapSeconds: z.number().nullable().meta({
    description:
      "what processOverlapSeconds usually is: median over this run's normal predecessors; null with too few",
  }),
  blamedSeconds: z.number().nullable(),
  osUsage: z
    .object({
      cpuSeconds: z.number().nullable(),
      ioBytes: z.number().nullable(),
      maxRssBytes: z.number().nullable(),
    })
    .optional(),
});

/** OS processes of one name and user in the window against a usual window of the same length. */
export const osProcessUsage = z.object({
  name: z.string(),
  user: z.string(),
  cpuSeconds: z.number(),
  ioBytes: z.number().nullable(),
  rssBytes: z.number(),
  runQueueSeconds: z.number().nullable().meta({ description: "ready to run without a processor" }),
  usualCpuSeconds: z.number().nullable(),
  usualIoBytes: z.number().nullable(),
  usualRssBytes: z.number().nullable(),
  usualRunQueueSeconds: z.number().nullable(),
});

export const hostValue = z.object({
  metric: z.string(),
  attributes: z.record(z.string(), z.string()),
  unit: z.string(),
  value: z.number(),
  usual: z.number().nullable(),
});

/** A benchmark of the machine that was slower at the time of the run than when the run's normal came about. */
export const slowerBenchmark = z.object({
  benchmark: z.enum(benchmarkNames),
  ratio: z
    .number()
    .meta({ description: "score then against score at the time of normal runs: 0.7 is 30% slower" }),
  since: instant,
  text: z.string(),
});

export const why = z
  .object({
    execution,
    normal: normal.nullable(),
    excessSeconds: z.number(),
    deviation: deviation.nullable(),
    verdict: z.enum(verdicts),
    fittedAt: instant.nullable(),
    shares: z.array(share),
    concurrent: z.array(concurrentExecution),
    osProcesses: z.array(osProcessUsage),
    host: z.array(hostValue),
    slowerMachine: z.array(slowerBenchmark),
    checks: z
      .array(checkIncident)
      .meta({ description: "of its machine, that were a warning or critical while it ran, newest first" }),
    text: z.string(),
  })
  .meta({ id: "Why" });

export type Why = z.infer<typeof why>;
