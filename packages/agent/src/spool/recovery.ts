/**
 * Reads a lane's folder after a start: whole records count, a half one at the end of a stream was never acknowledged
 * and is cut off, anything else that can't be read goes to the quarantine folder and what is whole in it is kept.
 */
import { copyFile, mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { replaceFile } from "./durable.ts";
import { readGap } from "./gap.ts";
import { scanRecords, sourcesOf } from "./record.ts";
import {
  addRecord,
  coversFrom,
  emptySegment,
  parseSegmentName,
  segmentPath,
  type Segment,
} from "./segment.ts";
import { Stream } from "./stream.ts";

export type Recovered = {
  streams: Stream[];
  /** The last stream is whole and may take further appends. */
  continues: boolean;
  /** Intake files named by the newest records: they are in the spool, whether they were removed or not. */
  sources: Set<string>;
  quarantined: string[];
};

const sourcesKept = 20_000;
const quarantinedFilesKept = 64;

export async function recoverLane(folder: string, quarantine: string): Promise<Recovered> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const recovered: Recovered = { streams: [], continues: true, sources: new Set(), quarantined: [] };
  const byStream = new Map<string, string[]>();
  for (const name of (await readdir(folder)).toSorted()) {
    if (name.endsWith(".tmp")) await unlink(join(folder, name));
    else {
      const parsed = parseSegmentName(name);
      if (parsed) byStream.set(parsed.stream, [...(byStream.get(parsed.stream) ?? []), name]);
      else recovered.quarantined.push(await setAside(join(folder, name), quarantine));
    }
  }
  for (const [id, names] of byStream) {
    const segments: Segment[] = [];
    for (const [index, name] of names.entries()) {
      const path = join(folder, name);
      const isLast = index === names.length - 1;
      segments.push(...(await recoverSegment(path, isLast, quarantine, recovered)));
    }
    const stream = new Stream(id, inOrder(segments));
    if (stream.segments.length > 0) recovered.streams.push(stream);
    else if (id === [...byStream.keys()].at(-1)) recovered.continues = false;
  }
  return recovered;
}

async function recoverSegment(
  path: string,
  isLast: boolean,
  quarantine: string,
  recovered: Recovered,
): Promise<Segment[]> {
  if (parseSegmentName(basename(path))!.gap) {
    const gap = await readGap(path);
    if (!gap) recovered.quarantined.push(await setAside(path, quarantine));
    return gap ? [gap] : [];
  }
  const bytes = await readFile(path);
  const { records, goodBytes, damaged } = scanRecords(bytes);
  for (const { record, header } of records)
    for (const source of sourcesOf(record, header)) remember(recovered.sources, source);
  if (records.length === 0 && bytes.length === 0) {
    await unlink(path);
    return [];
  }
  if (damaged || (goodBytes < bytes.length && (!isLast || records.length === 0))) {
    if (isLast) recovered.continues = false;
    return salvage(path, quarantine, recovered.quarantined);
  }
  if (goodBytes < bytes.length) await cutTo(path, goodBytes);
  const segment = emptySegment(path);
  for (const { header, record } of records) addRecord(segment, header, record.length);
  return [segment];
}

/** Sets a damaged segment aside and keeps its whole records, one segment for each unbroken run of them. */
export async function salvage(
  path: string,
  quarantine: string,
  quarantined: string[] = [],
): Promise<Segment[]> {
  const { records } = scanRecords(await readFile(path));
  quarantined.push(await setAside(path, quarantine, records.length > 0));
  const { stream } = parseSegmentName(basename(path))!;
  const runs: { segment: Segment; parts: Buffer[] }[] = [];
  for (const { header, record } of records) {
    let run = runs.at(-1);
    if (run?.segment.lastSequence !== header.sequence - 1) {
      run = { segment: emptySegment(segmentPath(join(path, ".."), stream, header.sequence)), parts: [] };
      runs.push(run);
    }
    addRecord(run.segment, header, record.length);
    run.parts.push(record);
  }
  for (const { segment, parts } of runs) await replaceFile(segment.path, Buffer.concat(parts));
  if (records.length > 0 && !runs.some(({ segment }) => segment.path === path)) await unlink(path);
  return runs.map(({ segment }) => segment);
}

/** A crash while segments were replaced can leave the old and the new side by side: the one with the records stays. */
function inOrder(segments: readonly Segment[]): Segment[] {
  const sorted = segments.toSorted(
    (a, b) => a.firstSequence - b.firstSequence || Number(a.dropped !== null) - Number(b.dropped !== null),
  );
  const kept: Segment[] = [];
  for (const segment of sorted) {
    const last = kept.at(-1)?.lastSequence ?? 0;
    if (segment.firstSequence > last && (segment.dropped === null || segment.lastSequence > last))
      kept.push(segment);
  }
  return kept.filter((segment) => segment.lastSequence >= coversFrom(segment));
}

/** Moves (or copies) a file to the quarantine, which keeps the newest; answers where it is. */
async function setAside(path: string, quarantine: string, copy = false): Promise<string> {
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  const held = (await readdir(quarantine)).toSorted();
  for (const name of held.slice(0, Math.max(0, held.length - quarantinedFilesKept + 1)))
    await unlink(join(quarantine, name));
  const { mtimeMs } = await stat(path);
  const target = join(quarantine, `${Math.round(mtimeMs)}.${basename(path)}`);
  await (copy ? copyFile(path, target) : rename(path, target));
  return target;
}

async function cutTo(path: string, bytes: number): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function remember(sources: Set<string>, source: string): void {
  sources.add(source);
  if (sources.size > sourcesKept) sources.delete(sources.values().next().value!);
}
