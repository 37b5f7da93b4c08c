import { z } from "zod";
import { execution } from "./execution.ts";
import { instant } from "./instant.ts";
import { window } from "./list.ts";
import { verdicts } from "./verdict.ts";
import { durationChange, durationTrend, fleetChange, hoursOfWeek, selfOverlap } from "./process-findings.ts";
import { executionKinds, noRuns } from "./vocabulary.ts";

/** Of the finished executions of a window; durations in seconds. Null where there is none to count. */
export const statistics = z
  .object({
    count: z.number().int(),
    running: z.number().int(),
    failures: z.number().int(),
    meanSeconds: z.number().nullable(),
    standardDeviationSeconds: z.number().nullable(),
    medianSeconds: z.number().nullable(),
    madSeconds: z.number().nullable(),
    p95Seconds: z.number().nullable(),
    p99Seconds: z.number().nullable(),
    minSeconds: z.number().nullable(),
    maxSeconds: z.number().nullable(),
    totalSeconds: z.number(),
    deviations: z.number().int(),
  })
  .meta({ id: "Statistics" });

export type Statistics = z.infer<typeof statistics>;

export const processSummary = z
  .object({
    processId: z.string(),
    process: z.string(),
    step: z.string().optional(),
    kinds: z.array(z.enum(executionKinds)),
    machines: z.array(z.object({ machine: z.string(), machineId: z.string() })),
    lastStartedAt: instant.optional(),
    statistics,
  })
  .meta({ id: "ProcessSummary" });

export type ProcessSummary = z.infer<typeof processSummary>;

type Subject = Pick<ProcessSummary, "process" | "processId"> & { machine: string; machineId: string };

/** Of processes that did not run in the window, but of which something is expected or open: each once, without runs. */
export function withoutRuns(ran: readonly ProcessSummary[], subjects: readonly Subject[]): ProcessSummary[] {
  const whole = new Set(ran.filter(({ step }) => step === undefined).map(({ processId }) => processId));
  const found = new Map<string, ProcessSummary>();
  for (const { process, processId, machine, machineId } of subjects) {
    if (whole.has(processId)) continue;
    const one = found.get(processId) ?? { process, processId, kinds: [], machines: [], statistics: noRuns };
    found.set(processId, one);
    if (!one.machines.some((known) => known.machineId === machineId))
      one.machines.push({ machine, machineId });
  }
  return [...found.values()];
}

/** Of all web requests of a process, also those that are not recorded one by one: from histograms, so durations are near. */
export const requestStatistics = z
  .object({
    count: z.number().int(),
    recorded: z.number().int().meta({ description: "of these, one by one" }),
    machines: z.array(z.string()).meta({ description: "that count them; others may have runs as well" }),
    failures: z.number().int(),
    meanSeconds: z.number().nullable().meta({ description: "null where some took longer than all buckets" }),
    medianSeconds: z.number().nullable(),
    p95Seconds: z.number().nullable(),
  })
  .meta({ id: "RequestStatistics" });

export type RequestStatistics = z.infer<typeof requestStatistics>;

/** One process: as a whole, by step, and by machine. */
export const processDetail = z
  .object({
    window,
    text: z.string().meta({ description: "what matters, in the language of Accept-Language" }),
    summary: processSummary,
    requests: requestStatistics.optional().meta({
      description: "where its requests are sampled: statistics of the runs lean towards slow and failed ones",
    }),
    change: fleetChange.nullable(),
    steps: z.array(processSummary),
    perMachine: z.array(
      z.object({
        machine: z.string(),
        machineId: z.string(),
        kind: z.enum(executionKinds),
        statistics,
        /** Oldest first. */
        changes: z.array(durationChange),
        trend: durationTrend.nullable(),
        selfOverlap,
      }),
    ),
    hours: hoursOfWeek,
    /** Durations in equal steps of log duration; `countSince` of those since the change, if it was everywhere. */
    distribution: z.array(
      z.object({
        fromSeconds: z.number(),
        toSeconds: z.number(),
        count: z.number().int(),
        countSince: z.number().int().optional(),
      }),
    ),
  })
  .meta({ id: "ProcessDetail" });

export type ProcessDetail = z.infer<typeof processDetail>;

/** The baseline of one process (and step) on one machine in one kind. */
export const normal = z
  .object({
    count: z.number().int(),
    medianSeconds: z.number(),
    madSeconds: z.number(),
    p95Seconds: z.number(),
    since: instant
      .optional()
      .meta({ description: "the process changed for good at this instant; earlier runs are not counted" }),
  })
  .meta({ id: "Normal" });

export type Normal = z.infer<typeof normal>;

export const deviation = z
  .object({
    direction: z.enum(["slow", "fast"]),
    score: z
      .number()
      .meta({ description: "robust standard deviations of log duration from the median; positive is slow" }),
  })
  .meta({ id: "Deviation" });

export type Deviation = z.infer<typeof deviation>;

export const deviatingExecution = z
  .object({
    execution,
    normal,
    excessSeconds: z.number(),
    deviation,
    verdict: z
      .enum(verdicts)
      .optional()
      .meta({ description: "of a slow run, where verdicts were asked for: the same as its `why` says" }),
    blamed: z
      .array(z.string())
      .optional()
      .meta({ description: "with the verdict: the processes of its largest share, if others are to blame" }),
    blamedSeconds: z.number().optional().meta({ description: "of the excess, what these cost it" }),
  })
  .meta({ id: "DeviatingExecution" });

export type DeviatingExecution = z.infer<typeof deviatingExecution>;
