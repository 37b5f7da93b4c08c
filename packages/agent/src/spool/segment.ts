/** A segment: a file of records of one stream, in order of sequence, without a gap inside. */
import { join } from "node:path";
import type { Batch, Micros } from "@culprit/protocol";
import type { RecordHeader } from "./record.ts";

export type Dropped = NonNullable<Batch["dropped"]>[number];

export type Segment = {
  readonly path: string;
  firstSequence: number;
  lastSequence: number;
  /** Durable bytes: the file may be longer while an append is under way. */
  bytes: number;
  rows: number;
  newestAt: Micros;
  /** When the hub had confirmed all of it; kept from then on for the grace period. */
  acknowledgedAt: Micros | null;
  /** Set when its only record stands for batches that were dropped. */
  readonly dropped: readonly Dropped[] | null;
};

export function emptySegment(path: string, dropped: readonly Dropped[] | null = null): Segment {
  return {
    path,
    firstSequence: 0,
    lastSequence: 0,
    bytes: 0,
    rows: 0,
    newestAt: 0,
    acknowledgedAt: null,
    dropped,
  };
}

export function addRecord(segment: Segment, header: RecordHeader, bytes: number): void {
  if (segment.bytes === 0) segment.firstSequence = header.sequence;
  segment.lastSequence = header.sequence;
  segment.bytes += bytes;
  segment.rows += header.rows;
  segment.newestAt = Math.max(segment.newestAt, header.at);
}

/** The first sequence that this segment accounts for: that of its first record, or of what was dropped. */
export function coversFrom(segment: Segment): number {
  return segment.dropped?.[0]?.fromSequence ?? segment.firstSequence;
}

const segmentName = /^([a-z0-9-]{8,40})\.(\d{15})(\.gap)?\.segment$/;

export function segmentPath(folder: string, stream: string, sequence: number, gap = false): string {
  return join(folder, `${stream}.${String(sequence).padStart(15, "0")}${gap ? ".gap" : ""}.segment`);
}

export function parseSegmentName(
  name: string,
): { stream: string; firstSequence: number; gap: boolean } | null {
  const match = segmentName.exec(name);
  return match ? { stream: match[1]!, firstSequence: Number(match[2]), gap: match[3] !== undefined } : null;
}
