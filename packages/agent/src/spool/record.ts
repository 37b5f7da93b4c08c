/**
 * A record of the spool: a header of 40 bytes, the names of the intake files it was made from, one gzip member.
 * Little-endian: magic u32, crc u32 (of all that follows), member bytes u32, source bytes u32, decoded bytes u32,
 * rows u32, sequence f64, time f64.
 */
import { crc32, gzipSync } from "node:zlib";
import type { Batch, Micros } from "@culprit/protocol";

export const recordHeaderBytes = 40;
const magic = Buffer.from("CSP1");
const maximumMemberBytes = 16 * 1024 * 1024;
const maximumSourceBytes = 4 * 1024 * 1024;

export type RecordHeader = {
  memberBytes: number;
  sourceBytes: number;
  /** Of the batch's line before compression. */
  decodedBytes: number;
  rows: number;
  sequence: number;
  /** When it was appended. */
  at: Micros;
};

export function encodeRecord(batch: Batch, rows: number, sources: readonly string[], at: Micros): Buffer {
  const line = Buffer.from(`${JSON.stringify(batch)}\n`);
  const member = gzipSync(line, { level: 1 });
  const names = Buffer.from(sources.length === 0 ? "" : JSON.stringify(sources));
  const record = Buffer.allocUnsafe(recordHeaderBytes + names.length + member.length);
  magic.copy(record);
  record.writeUInt32LE(member.length, 8);
  record.writeUInt32LE(names.length, 12);
  record.writeUInt32LE(line.length, 16);
  record.writeUInt32LE(rows, 20);
  record.writeDoubleLE(batch.sequence, 24);
  record.writeDoubleLE(at, 32);
  names.copy(record, recordHeaderBytes);
  member.copy(record, recordHeaderBytes + names.length);
  record.writeUInt32LE(crc32(record.subarray(8)), 4);
  return record;
}

/** Null if no record starts at `offset`. Only `isWhole` proves that what the header says is true. */
export function readHeader(bytes: Buffer, offset = 0): RecordHeader | null {
  if (bytes.length - offset < recordHeaderBytes) return null;
  if (bytes.compare(magic, 0, magic.length, offset, offset + magic.length) !== 0) return null;
  const header = {
    memberBytes: bytes.readUInt32LE(offset + 8),
    sourceBytes: bytes.readUInt32LE(offset + 12),
    decodedBytes: bytes.readUInt32LE(offset + 16),
    rows: bytes.readUInt32LE(offset + 20),
    sequence: bytes.readDoubleLE(offset + 24),
    at: bytes.readDoubleLE(offset + 32),
  };
  const plausible =
    header.memberBytes <= maximumMemberBytes &&
    header.sourceBytes <= maximumSourceBytes &&
    Number.isSafeInteger(header.sequence) &&
    header.sequence > 0;
  return plausible ? header : null;
}

export function recordBytes(header: RecordHeader): number {
  return recordHeaderBytes + header.sourceBytes + header.memberBytes;
}

export function isWhole(record: Buffer): boolean {
  return record.readUInt32LE(4) === crc32(record.subarray(8));
}

export function memberOf(record: Buffer, header: RecordHeader): Buffer {
  return record.subarray(recordHeaderBytes + header.sourceBytes);
}

export function sourcesOf(record: Buffer, header: RecordHeader): string[] {
  if (header.sourceBytes === 0) return [];
  const names: unknown = JSON.parse(
    record.toString("utf8", recordHeaderBytes, recordHeaderBytes + header.sourceBytes),
  );
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

/** All whole records of a segment's bytes, and whether anything else was between (`damaged`) or after them (`goodBytes`). */
export function scanRecords(bytes: Buffer): {
  records: { header: RecordHeader; record: Buffer }[];
  goodBytes: number;
  damaged: boolean;
} {
  const records: { header: RecordHeader; record: Buffer }[] = [];
  let goodBytes = 0;
  let damaged = false;
  for (let offset = bytes.indexOf(magic); offset !== -1; offset = bytes.indexOf(magic, offset)) {
    const header = readHeader(bytes, offset);
    const end = header ? offset + recordBytes(header) : Infinity;
    const record = bytes.subarray(offset, end);
    if (!header || end > bytes.length || !isWhole(record)) {
      offset += 1;
      continue;
    }
    if (offset !== goodBytes) damaged = true;
    records.push({ header, record });
    goodBytes = offset = end;
  }
  return { records, goodBytes, damaged };
}
