/**
 * Exactly once: a stream's mark is the highest sequence that was stored. What is at or below it was there already; the next
 * one is stored; a jump is legal only if the agent says that it dropped every sequence in between.
 */
import type { BatchResult, IntakeBatch } from "./store.ts";

/** `digests` of the last batches, to tell a repeated batch from another one that took its number. */
export type StreamMark = { sequence: number; digests: readonly (readonly [number, string])[] };

export const noMark: StreamMark = { sequence: 0, digests: [] };
const rememberedDigests = 16;

type Arriving = Pick<IntakeBatch, "sequence" | "digest" | "dropped">;

export function judge(mark: StreamMark, batch: Arriving): BatchResult {
  if (batch.sequence <= mark.sequence) {
    const stored = mark.digests.find(([sequence]) => sequence === batch.sequence);
    if (stored && stored[1] !== batch.digest)
      return {
        status: "refused",
        code: "sequence-conflict",
        detail: `batch ${batch.sequence} was stored before with another content`,
      };
    return { status: "duplicate" };
  }
  const missing = firstMissing(mark.sequence + 1, batch);
  if (missing === null) return { status: "stored" };
  return {
    status: "gap",
    code: "sequence-gap",
    detail: `batch ${missing} was neither sent nor recorded as dropped; the mark is ${mark.sequence}`,
  };
}

export function advance(mark: StreamMark, batch: Arriving): StreamMark {
  return {
    sequence: batch.sequence,
    digests: [...mark.digests, [batch.sequence, batch.digest] as const].slice(-rememberedDigests),
  };
}

/** The first sequence from `next` up to the batch that no dropped record covers. */
function firstMissing(next: number, batch: Arriving): number | null {
  const ranges = batch.dropped.toSorted((a, b) => a.fromSequence - b.fromSequence);
  let covered = next;
  for (const { fromSequence, toSequence } of ranges)
    if (fromSequence <= covered && toSequence >= covered) covered = toSequence + 1;
  return covered >= batch.sequence ? null : covered;
}
