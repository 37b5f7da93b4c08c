/**
 * One lane of the spool: streams of one kind, oldest first. The last one takes appends unless the lane was sealed.
 * An append is acknowledged after fsync; appends that arrive while one is under way share the next fsync.
 * The sequence number is given when the bytes are written, so an append that found no room leaves no hole.
 */
import { open, unlink, type FileHandle } from "node:fs/promises";
import { protocolVersion, type Batch, type BatchKind, type Micros } from "@culprit/protocol";
import { hasCode, isDiskFull, syncFolder } from "./durable.ts";
import { mergeDropped, writeGap, writeGapMakingRoom } from "./gap.ts";
import { encodeRecord, readHeader } from "./record.ts";
import { addRecord, coversFrom, emptySegment, segmentPath, type Dropped, type Segment } from "./segment.ts";
import { Stream } from "./stream.ts";

type FrameKey = "protocol" | "stream" | "sequence" | "dropped" | "kind";
type WithoutFrame<B> = B extends Batch ? Omit<B, FrameKey> : never;
export type BatchBody = WithoutFrame<Batch>;

type Append = {
  body: BatchBody;
  rows: number;
  sources: readonly string[];
  resolve: () => void;
  reject: (error: unknown) => void;
};

type OpenSegment = { stream: Stream; segment: Segment; handle: FileHandle };

export type LaneOptions = {
  kind: BatchKind;
  folder: string;
  segmentBytes: number;
  now: () => Micros;
  newStreamId: () => string;
  /** A failed write or fsync: what the disk holds is unknown, so the process must end and recover. */
  onFatal: (error: unknown) => void;
};

/** The disk is full; nothing was kept of the append. */
export class SpoolFullError extends Error {
  constructor(cause: unknown) {
    super("no room for the spool", { cause });
    this.name = "SpoolFullError";
  }
}

const appendsAtOnce = 64;

export class Lane {
  readonly streams: Stream[];
  readonly #options: LaneOptions;
  #open: OpenSegment | null = null;
  #waiting: Append[] = [];
  #flushing: Promise<void> | null = null;
  #sealed: boolean;
  #broken: unknown = null;

  /** `continues`: the last of the recovered streams is sound and takes further appends. */
  constructor(options: LaneOptions, recovered: Stream[], continues: boolean) {
    this.#options = options;
    this.streams = recovered;
    this.#sealed = !continues;
  }

  get kind(): BatchKind {
    return this.#options.kind;
  }

  get bytes(): number {
    return this.streams.reduce((sum, stream) => sum + stream.bytes, 0);
  }

  /** The stream with live data, if there is one. */
  get current(): Stream | undefined {
    return this.#sealed ? undefined : this.streams.at(-1);
  }

  /** Resolves when the batch is durable; rejects with SpoolFullError if the disk has no room. */
  append(body: BatchBody, rows: number, sources: readonly string[] = []): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, rows, sources, resolve, reject });
      this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
    });
  }

  /** The current stream takes no more; the next append starts a new one. */
  seal(): void {
    this.#sealed = true;
  }

  isOpen(segment: Segment): boolean {
    return this.#open?.segment === segment;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#open?.handle.close();
    this.#open = null;
  }

  async #flush(): Promise<void> {
    // Callers of the same turn of the event loop share one fsync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, appendsAtOnce);
      try {
        if (this.#broken) throw this.#broken;
        await this.#write(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        const full = isDiskFull(error);
        if (!full && !this.#broken) {
          this.#broken = error;
          this.#options.onFatal(error);
        }
        for (const { reject } of group) reject(full ? new SpoolFullError(error) : error);
      }
    }
  }

  async #write(group: readonly Append[]): Promise<void> {
    const { stream, segment, handle } = await this.#segmentForAppends();
    let sequence = stream.lastSequence;
    const records = group.map(({ body, rows, sources }) => {
      const batch = frame(body, this.#options.kind, stream.id, ++sequence);
      return encodeRecord(batch, rows, sources, this.#options.now());
    });
    const bytes = Buffer.concat(records);
    try {
      await writeAll(handle, bytes, segment.bytes);
    } catch (error) {
      if (isDiskFull(error)) await handle.truncate(segment.bytes);
      throw error;
    }
    const isNew = segment.bytes === 0;
    await handle.datasync();
    if (isNew) {
      await syncFolder(this.#options.folder);
      stream.segments.push(segment);
      if (!this.streams.includes(stream)) {
        this.streams.push(stream);
        this.#sealed = false;
      }
    }
    for (const record of records) addRecord(segment, readHeader(record)!, record.length);
  }

  async #segmentForAppends(): Promise<OpenSegment> {
    const { folder, segmentBytes, newStreamId } = this.#options;
    const { current } = this;
    const usable =
      this.#open &&
      this.#open.segment.bytes < segmentBytes &&
      (current ? this.#open.stream === current : !this.streams.includes(this.#open.stream));
    if (this.#open && usable) return this.#open;
    await this.#open?.handle.close();
    this.#open = null;
    const stream = current ?? new Stream(newStreamId());
    const segment = emptySegment(segmentPath(folder, stream.id, stream.lastSequence + 1));
    // "w": an empty file of that name may be left from a crash before its first fsync.
    this.#open = { stream, segment, handle: await open(segment.path, "w", 0o600) };
    return this.#open;
  }

  /**
   * Replaces `segment` by the record of its loss, merged with the gap before it; answers the rows lost.
   * The segment must not be the one that is open for appends.
   */
  async drop(stream: Stream, segment: Segment, reason: string): Promise<number> {
    if (this.isOpen(segment)) throw new Error("a segment that takes appends can't be dropped");
    const index = stream.segments.indexOf(segment);
    const before = stream.segments[index - 1];
    const merged = before?.dropped && before.lastSequence > stream.mark ? before : null;
    const loss = {
      fromSequence: Math.max(coversFrom(segment), stream.mark + 1),
      toSequence: segment.lastSequence,
      reason,
      rows: segment.rows,
    };
    const gap = await this.#gap(stream, mergeDropped(merged?.dropped ?? [], loss), () =>
      remove(segment.path),
    );
    const old = merged ? [merged, segment] : [segment];
    stream.replace(old, [gap]);
    for (const { path } of old) if (path !== gap.path) await remove(path);
    return segment.rows;
  }

  /** Accounts for all batches after the mark that are neither here nor at the hub. */
  async coverHoles(stream: Stream, reason: string): Promise<void> {
    for (const { before, ...hole } of stream.holes) {
      const gap = await this.#gap(stream, [{ ...hole, reason, rows: 0 }], () => Promise.resolve());
      stream.segments.splice(stream.segments.indexOf(before), 0, gap);
    }
  }

  /** Puts the record of its loss before a batch that the hub will never take. */
  async skip(stream: Stream, sequence: number, reason: string): Promise<void> {
    const holder = stream.segments.findIndex(({ lastSequence }) => lastSequence >= sequence);
    const loss = { fromSequence: sequence, toSequence: sequence, reason, rows: 0 };
    const gap = await this.#gap(stream, [loss], () => Promise.resolve());
    stream.segments.splice(holder, 0, gap);
  }

  #gap(stream: Stream, dropped: readonly Dropped[], makeRoom: () => Promise<void>): Promise<Segment> {
    const { folder, kind, now } = this.#options;
    return writeGapMakingRoom(() => writeGap(folder, kind, stream.id, dropped, now()), makeRoom);
  }

  /** Forgets a segment that the hub has; a sealed stream goes with its last one, a live one keeps it for its sequence. */
  async forget(stream: Stream, segment: Segment): Promise<void> {
    if (!this.mayForget(stream, segment)) throw new Error("this segment is still in use");
    await remove(segment.path);
    stream.segments.splice(stream.segments.indexOf(segment), 1);
    if (stream.segments.length === 0) this.streams.splice(this.streams.indexOf(stream), 1);
  }

  mayForget(stream: Stream, segment: Segment): boolean {
    const carriesOn = stream === this.current && segment === stream.segments.at(-1);
    return segment.acknowledgedAt !== null && !carriesOn && !this.isOpen(segment);
  }

  /** Puts what was salvaged of a damaged segment in its place; the stream takes no more appends. */
  async replaceDamaged(stream: Stream, segment: Segment, salvage: () => Promise<Segment[]>): Promise<void> {
    if (stream === this.current) this.seal();
    if (this.isOpen(segment)) await this.close();
    stream.replace([segment], await salvage());
    if (stream.segments.length === 0) this.streams.splice(this.streams.indexOf(stream), 1);
  }
}

function frame(body: BatchBody, kind: BatchKind, stream: string, sequence: number): Batch {
  const header = { protocol: protocolVersion, stream, sequence } as const;
  if ("executions" in body) return { ...header, kind: "executions", executions: body.executions };
  if (kind === "executions") throw new Error("samples in the lane of executions");
  return { ...header, kind, ...body };
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
}
