/**
 * What was dropped is told by a batch that takes the place of the last batch that is gone. It is a record like any
 * other, so it goes through the same sending, acknowledging and recovering, and its bytes never change either.
 */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { batch, protocolVersion, type Batch, type BatchKind, type Micros } from "@culprit/protocol";
import { isDiskFull, replaceFile } from "./durable.ts";
import { encodeRecord, memberOf, readHeader, scanRecords } from "./record.ts";
import { addRecord, emptySegment, segmentPath, type Dropped, type Segment } from "./segment.ts";

const maximumDroppedRecords = 100;

/** Adds `more` to what was dropped right before it; one record for neighbours of the same reason. */
export function mergeDropped(before: readonly Dropped[], more: Dropped): Dropped[] {
  const last = before.at(-1);
  if (!last) return [more];
  const sameReason = last.reason === more.reason || before.length >= maximumDroppedRecords;
  if (!sameReason) return [...before, more];
  const merged = { ...last, toSequence: more.toSequence, rows: last.rows + more.rows };
  return [...before.slice(0, -1), merged];
}

/** Writes the segment that accounts for `dropped`; rejects with ENOSPC like any other write. */
export async function writeGap(
  folder: string,
  kind: BatchKind,
  stream: string,
  dropped: readonly Dropped[],
  at: Micros,
): Promise<Segment> {
  const sequence = dropped.at(-1)!.toSequence;
  const frame: Omit<Batch, "kind"> = {
    protocol: protocolVersion,
    stream,
    sequence,
    dropped: [...dropped],
  };
  const content: Batch = kind === "executions" ? { ...frame, kind, executions: [] } : { ...frame, kind };
  const record = encodeRecord(content, 0, [], at);
  const segment = emptySegment(segmentPath(folder, stream, sequence, true), dropped);
  await replaceFile(segment.path, record);
  addRecord(segment, readHeader(record)!, record.length);
  return segment;
}

/** Null if the file does not hold one whole gap record. */
export async function readGap(path: string): Promise<Segment | null> {
  const { records } = scanRecords(await readFile(path));
  const only = records.length === 1 ? records[0] : undefined;
  if (!only) return null;
  const parsed = batch.safeParse(JSON.parse(gunzipSync(memberOf(only.record, only.header)).toString()));
  if (!parsed.success || !parsed.data.dropped?.length) return null;
  const segment = emptySegment(path, parsed.data.dropped);
  addRecord(segment, only.header, only.record.length);
  return segment;
}

/** A gap is small: when even that finds no room, room is made first and it is written then. */
export async function writeGapMakingRoom(
  write: () => Promise<Segment>,
  makeRoom: () => Promise<void>,
): Promise<Segment> {
  try {
    return await write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await makeRoom();
    return write();
  }
}
