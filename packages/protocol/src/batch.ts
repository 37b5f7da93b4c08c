/**
 * What an agent sends: NDJSON, one batch a line, each line gzipped by itself when it enters the spool. Gzip members
 * concatenate, so an upload is the spool's bytes, and a batch never changes between attempts.
 *
 * Exactly once: each batch has its stream's next sequence number. The hub stores rows and the stream's high-water mark
 * in one transaction; a batch at or below the mark is acknowledged and not stored again.
 */
import { z } from "zod";

export const protocolVersion = 1;

/** Header of an upload: the agent's clock as it is sent, in microseconds since 1970. */
export const clockHeader = "culprit-clock";

/** Batches `fromSequence`..`toSequence` were dropped by the agent: the only legal gap. */
export const droppedRecord = z.object({
  fromSequence: z.number().int().positive(),
  toSequence: z.number().int().positive(),
  reason: z.string().max(60),
  rows: z.number().int().nonnegative(),
});

const header = {
  protocol: z.literal(protocolVersion),
  stream: z.string().regex(/^[a-z0-9-]{8,40}$/),
  sequence: z.number().int().positive(),
  dropped: z.array(droppedRecord).max(100).optional(),
};

/** The frame of a batch; its rows are checked one by one (`executionInput`, `readColumns`), so that a bad one never blocks. */
export const batch = z.discriminatedUnion("kind", [
  z.object({ ...header, kind: z.literal("executions"), executions: z.array(z.unknown()).max(10_000) }),
  z.object({
    ...header,
    kind: z.literal("samples"),
    series: z.array(z.unknown()).max(10_000).optional(),
    points: z.unknown().optional(),
    osProcesses: z.unknown().optional(),
    computer: z.unknown().optional(),
    checkResults: z.unknown().optional(),
  }),
]);

export type Batch = z.infer<typeof batch>;
export type BatchKind = Batch["kind"];

export const rejectedRow = z.object({
  part: z.enum(["batch", "executions", "series", "points", "osProcesses", "computer", "checkResults"]),
  index: z.number().int(),
  code: z.string(),
  detail: z.string(),
});

export type RejectedRow = z.infer<typeof rejectedRow>;

/**
 * `stored`: committed now. `duplicate`: was already there. `refused`: this batch can never be stored (the agent sets it
 * aside). `gap`: the hub lacks batches before this one: send again from `mark + 1`, or record what was dropped.
 */
export const acknowledgement = z.object({
  stream: z.string(),
  sequence: z.number().int(),
  status: z.enum(["stored", "duplicate", "refused", "gap"]),
  rows: z.number().int(),
  rejected: z.array(rejectedRow),
  code: z.string().optional(),
  detail: z.string().optional(),
});

export type Acknowledgement = z.infer<typeof acknowledgement>;

export const streamMark = z.object({ stream: z.string(), sequence: z.number().int() });

/** `epoch` changes when a store is made anew; an agent that sees it, or a mark, fall back sends what it still has. */
export const intakeAnswer = z.object({
  epoch: z.string(),
  acknowledgements: z.array(acknowledgement),
  marks: z.array(streamMark),
  receivedAt: z.string(),
});

export type IntakeAnswer = z.infer<typeof intakeAnswer>;
export const intakeMarks = intakeAnswer.omit({ acknowledgements: true });
export type IntakeMarks = z.infer<typeof intakeMarks>;
