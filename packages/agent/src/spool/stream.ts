/**
 * One stream of batches. Its sequence numbers have no hole: what is gone is covered by a gap segment.
 * `mark` is the hub's: everything up to it is stored there, everything after it is still to be sent.
 */
import { open } from "node:fs/promises";
import type { Micros } from "@culprit/protocol";
import { isWhole, memberOf, readHeader, recordBytes, recordHeaderBytes } from "./record.ts";
import { coversFrom, type Segment } from "./segment.ts";

export type OutgoingBatch = { sequence: number; rows: number; decodedBytes: number; member: Buffer };
export type ReadLimits = { memberBytes: number; decodedBytes: number; batches: number };

/** A record that was good when it was written can't be read any more. */
export class DamagedSegmentError extends Error {
  readonly segment: Segment;

  constructor(segment: Segment) {
    super(`damaged segment ${segment.path}`);
    this.name = "DamagedSegmentError";
    this.segment = segment;
  }
}

export class Stream {
  readonly id: string;
  readonly segments: Segment[];
  mark = 0;
  #position: { segment: Segment; sequence: number; offset: number } | null = null;

  constructor(id: string, segments: Segment[] = []) {
    this.id = id;
    this.segments = segments;
  }

  /** 0 while nothing was ever appended. */
  get lastSequence(): number {
    return this.segments.at(-1)?.lastSequence ?? 0;
  }

  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get hasUnsent(): boolean {
    return this.lastSequence > this.mark;
  }

  get unsent(): Segment[] {
    return this.segments.filter((segment) => segment.lastSequence > this.mark);
  }

  /** Takes the hub's word, forward or back. */
  setMark(mark: number, now: Micros): void {
    this.mark = Math.min(mark, this.lastSequence);
    for (const segment of this.segments) {
      if (segment.lastSequence > this.mark) segment.acknowledgedAt = null;
      else segment.acknowledgedAt ??= now;
    }
  }

  /** Sequences after the mark that no segment accounts for, each with the segment that follows it. */
  get holes(): { fromSequence: number; toSequence: number; before: Segment }[] {
    const holes = [];
    let expected = this.mark + 1;
    for (const before of this.segments) {
      const covered = coversFrom(before);
      if (covered > expected) holes.push({ fromSequence: expected, toSequence: covered - 1, before });
      expected = Math.max(expected, before.lastSequence + 1);
    }
    return holes;
  }

  replace(old: readonly Segment[], replacement: readonly Segment[]): void {
    const index = this.segments.indexOf(old[0]!);
    this.segments.splice(index, old.length, ...replacement);
    this.#position = null;
  }

  /** The next batches to send, from the mark on, within `limits` but at least one if there is any. */
  async read(limits: ReadLimits): Promise<OutgoingBatch[]> {
    const batches: OutgoingBatch[] = [];
    const left = { ...limits };
    let wanted = this.mark + 1;
    for (const segment of this.unsent) {
      const handle = await open(segment.path, "r");
      try {
        const known = this.#position;
        let offset = known?.segment === segment && known.sequence === wanted ? known.offset : 0;
        while (offset < segment.bytes) {
          const header = readHeader(await readExactly(handle, offset, recordHeaderBytes, segment));
          if (!header || offset + recordBytes(header) > segment.bytes) throw new DamagedSegmentError(segment);
          if (header.sequence >= wanted) {
            if (batches.length === 0) this.#position = { segment, sequence: header.sequence, offset };
            left.memberBytes -= header.memberBytes;
            left.decodedBytes -= header.decodedBytes;
            left.batches -= 1;
            const full = left.memberBytes < 0 || left.decodedBytes < 0 || left.batches < 0;
            if (full && batches.length > 0) return batches;
            const record = await readExactly(handle, offset, recordBytes(header), segment);
            if (!isWhole(record)) throw new DamagedSegmentError(segment);
            batches.push({ ...header, member: memberOf(record, header) });
            wanted = header.sequence + 1;
            if (full) return batches;
          }
          offset += recordBytes(header);
        }
        this.#rememberEnd(segment, batches, wanted, offset);
      } finally {
        await handle.close();
      }
    }
    return batches;
  }

  /** So that the usual case, all sent and confirmed, needn't read the segment from its start again. */
  #rememberEnd(segment: Segment, batches: readonly OutgoingBatch[], sequence: number, offset: number): void {
    if (segment === this.segments.at(-1) && batches.length > 0)
      this.#position = { segment, sequence, offset };
  }
}

async function readExactly(
  handle: Awaited<ReturnType<typeof open>>,
  offset: number,
  length: number,
  segment: Segment,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(bytes, 0, length, offset);
  if (bytesRead < length) throw new DamagedSegmentError(segment);
  return bytes;
}
