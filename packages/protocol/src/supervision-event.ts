/** What supervision noticed about a process on a machine. */
import { z } from "zod";
import { instant } from "./instant.ts";

export const supervisionEventKinds = [
  "missed",
  "late",
  "too-long",
  "too-short",
  "failed",
  "overlapping-itself",
  "will-not-finish-before-next-start",
  "lost",
] as const;
export type SupervisionEventKind = (typeof supervisionEventKinds)[number];

/**
 * How an event was over. `ran-again`: the next run started; `started`: the late run started; `recovered`: the next run ended
 * well; `repeated`: the next run ended badly too; `finished`: the run ended; `no-longer-expected`: the schedule was changed or
 * removed. The last two withdraw the event: `arrived-late`: the run had taken place and was reported later; `started-late`: it
 * started after all, which is an event `late`.
 */
export const supervisionEndings = [
  "ran-again",
  "started",
  "recovered",
  "repeated",
  "finished",
  "no-longer-expected",
  "arrived-late",
  "started-late",
] as const;
export type SupervisionEnding = (typeof supervisionEndings)[number];

/** What the kind needs beside the instants; seconds, counts and instants. */
export const supervisionDetail = z.object({
  /** missed: starts in a row that did not take place, and the last of them. */
  count: z.number().int().optional(),
  lastExpectedAt: instant.optional(),
  /** late: from the expected start to the start. */
  lateSeconds: z.number().optional(),
  /** too-long, too-short: the bound, and whether it was set or follows from what is normal. */
  limitSeconds: z.number().optional(),
  limitFrom: z.enum(["set", "normal"]).optional(),
  durationSeconds: z.number().optional(),
  /** failed, lost. */
  exitCode: z.number().optional(),
  outcome: z.string().optional(),
  /** overlapping-itself: the first run that started meanwhile. */
  otherExecutionId: z.string().optional(),
  /** will-not-finish-before-next-start. */
  nextStartAt: instant.optional(),
  predictedEndAt: instant.optional(),
});
export type SupervisionDetail = z.infer<typeof supervisionDetail>;

export const supervisionEvent = z
  .object({
    id: z.string(),
    process: z.string(),
    processId: z.string(),
    machine: z.string(),
    machineId: z.string(),
    kind: z.enum(supervisionEventKinds),
    at: instant.meta({ description: "since when it is so" }),
    noticedAt: instant.meta({ description: "when the hub noticed" }),
    expectedAt: instant.optional(),
    executionId: z.string().optional(),
    detail: supervisionDetail,
    endedAt: instant.optional().meta({ description: "absent while it is still so" }),
    ending: z.enum(supervisionEndings).optional(),
    withdrawn: z.boolean().meta({ description: "it turned out not to be so" }),
  })
  .meta({ id: "SupervisionEvent" });

export type SupervisionEvent = z.infer<typeof supervisionEvent>;
