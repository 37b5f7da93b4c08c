/**
 * What the agent has to tell and the hub has not confirmed, on disk: a lane of executions and a lane of samples.
 * Bounded: what the hub has goes first, then the oldest samples, executions last; every drop is counted by reason and
 * recorded in its stream. Nothing here holds the backlog in memory.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { microsPerSecond, type BatchKind, type IntakeMarks, type Micros } from "@culprit/protocol";
import { isDiskFull } from "./durable.ts";
import { Lane, SpoolFullError, type BatchBody } from "./lane.ts";
import { loadMarks, saveMarks } from "./marks.ts";
import { recoverLane, salvage } from "./recovery.ts";
import type { Segment } from "./segment.ts";
import { DamagedSegmentError, type OutgoingBatch, type ReadLimits, type Stream } from "./stream.ts";

export type SpoolLimits = {
  maxBytes: number;
  /** Samples older than this are dropped, sent or not. */
  maxAgeSeconds: number;
  /** How long, and how many bytes, of what the hub confirmed are kept in case it falls back. */
  graceSeconds: number;
  graceBytes: number;
};

export type SpoolOptions = {
  folder: string;
  limits: SpoolLimits;
  now: () => Micros;
  random: () => number;
  onFatal: (error: unknown) => void;
  onAppend?: () => void;
  warn: (text: string) => void;
};

export type OutgoingPart = { kind: BatchKind; stream: string; batches: OutgoingBatch[] };

type Place = { lane: Lane; stream: Stream };

const largestSegmentBytes = 2 * 1024 * 1024;

export class Spool {
  readonly recoveredSources: ReadonlySet<string>;
  readonly #options: SpoolOptions;
  readonly #lanes: Record<BatchKind, Lane>;
  readonly #marksPath: string;
  readonly #dropped = new Map<string, number>();
  #epoch: string | null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    options: SpoolOptions,
    lanes: Record<BatchKind, Lane>,
    sources: ReadonlySet<string>,
    epoch: string | null,
  ) {
    this.#options = options;
    this.#lanes = lanes;
    this.recoveredSources = sources;
    this.#epoch = epoch;
    this.#marksPath = join(options.folder, "marks.json");
  }

  /** Recovers what is there; damage never keeps it from starting. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { folder, limits, now, random, onFatal, warn } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const sources = new Set<string>();
    const openLane = async (kind: BatchKind) => {
      const recovered = await recoverLane(join(folder, kind), join(folder, "quarantine"));
      for (const path of recovered.quarantined) warn(`damaged spool file set aside: ${path}`);
      for (const source of recovered.sources) sources.add(source);
      const laneOptions = {
        kind,
        folder: join(folder, kind),
        segmentBytes: Math.min(largestSegmentBytes, Math.ceil(limits.maxBytes / 16)),
        now,
        newStreamId: () => `${kind}-${timeText(now())}-${randomText(random)}`,
        onFatal,
      };
      return new Lane(laneOptions, recovered.streams, recovered.continues);
    };
    const lanes = { executions: await openLane("executions"), samples: await openLane("samples") };
    const saved = await loadMarks(join(folder, "marks.json"));
    for (const { streams } of Object.values(lanes))
      for (const stream of streams) stream.setMark(saved?.marks[stream.id] ?? 0, now());
    return new Spool(options, lanes, sources, saved?.epoch ?? null);
  }

  /** Of the hub's store, as last heard. */
  get epoch(): string | null {
    return this.#epoch;
  }

  get bytes(): number {
    return this.#lanes.executions.bytes + this.#lanes.samples.bytes;
  }

  /** Rows dropped since the start, by reason. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  get hasUnsent(): boolean {
    return this.#places().some(({ stream }) => stream.hasUnsent);
  }

  /** Resolves when durable; rejects with SpoolFullError when even dropping samples made no room. */
  async appendExecutions(executions: unknown[], sources: readonly string[]): Promise<void> {
    await this.#append("executions", { executions }, executions.length, sources);
  }

  /** Resolves when durable or, on a full disk, when dropped and counted. */
  async appendSamples(
    body: Exclude<BatchBody, { executions: unknown[] }>,
    rows: number,
    sources: readonly string[] = [],
  ): Promise<void> {
    try {
      await this.#append("samples", body, rows, sources);
    } catch (error) {
      if (!(error instanceof SpoolFullError)) throw error;
      this.count("disk-full", rows);
    }
  }

  /** Adds to the drops that are shown as a metric of the agent. */
  count(reason: string, rows: number): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + rows);
  }

  /** The next batches to send: live executions, live samples, then the backlog in the same order, within `limits`. */
  nextParts(limits: ReadLimits): Promise<OutgoingPart[]> {
    return this.#inTurn(async () => {
      const parts: OutgoingPart[] = [];
      const left = { ...limits };
      for (const { lane, stream } of this.#places()) {
        if (!stream.hasUnsent) continue;
        if (parts.length > 0 && (left.batches <= 0 || left.memberBytes <= 0 || left.decodedBytes <= 0)) break;
        await lane.coverHoles(stream, "lost");
        const batches = await this.#read(lane, stream, left);
        if (batches.length === 0) continue;
        parts.push({ kind: lane.kind, stream: stream.id, batches });
        for (const { member, decodedBytes } of batches) {
          left.memberBytes -= member.length;
          left.decodedBytes -= decodedBytes;
          left.batches -= 1;
        }
      }
      return parts;
    });
  }

  /** The hub confirmed up to these marks. */
  confirm(marks: readonly { stream: string; sequence: number }[]): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#options.now();
      const byId = new Map(marks.map(({ stream, sequence }) => [stream, sequence]));
      for (const { stream } of this.#places()) {
        const mark = byId.get(stream.id);
        if (mark !== undefined && mark > stream.mark) stream.setMark(mark, now);
      }
      await this.#saveMarks();
    });
  }

  /**
   * Takes the hub's own account of what it has: where it fell back, what is still here is sent again. A live stream
   * that the hub knows further than this spool does (a restored disk), or can't continue, is sealed.
   */
  reconcile({ epoch, marks }: Pick<IntakeMarks, "epoch" | "marks">): Promise<void> {
    return this.#inTurn(async () => {
      const { now, warn } = this.#options;
      if (this.#epoch !== null && this.#epoch !== epoch)
        warn("the hub's store was set up anew: sending what is still here");
      this.#epoch = epoch;
      const byId = new Map(marks.map(({ stream, sequence }) => [stream, sequence]));
      for (const { lane, stream } of this.#places()) {
        const mark = byId.get(stream.id) ?? 0;
        if (mark > stream.lastSequence && stream === lane.current) lane.seal();
        if (mark < stream.mark) warn(`the hub is back at ${stream.id} ${mark}: sending again`);
        stream.setMark(mark, now());
      }
      await this.#saveMarks();
    });
  }

  /** The hub will never take this batch and waits for its sequence: a record of its loss goes in its place. */
  skip(streamId: string, sequence: number, reason: string): Promise<void> {
    return this.#inTurn(async () => {
      const place = this.#places().find(({ stream }) => stream.id === streamId);
      if (place && sequence > place.stream.mark) await place.lane.skip(place.stream, sequence, reason);
    });
  }

  /** Starts new streams, so that live data needn't wait for a backlog older than `seconds`. */
  sealBacklog(seconds: number): void {
    const before = this.#options.now() - seconds * microsPerSecond;
    for (const lane of Object.values(this.#lanes)) {
      const oldest = lane.current?.unsent[0];
      if (oldest && oldest.newestAt < before) lane.seal();
    }
  }

  /** Forgets what was confirmed long enough ago and drops what is past the bounds. To be called now and then. */
  keepBounds(): Promise<void> {
    return this.#inTurn(() => this.#keepBounds());
  }

  async close(): Promise<void> {
    await this.#turn;
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.close()));
  }

  async #append(kind: BatchKind, body: BatchBody, rows: number, sources: readonly string[]): Promise<void> {
    const lane = this.#lanes[kind];
    try {
      await lane.append(body, rows, sources);
    } catch (error) {
      if (!(error instanceof SpoolFullError) || !(await this.#inTurn(() => this.#makeRoom(kind))))
        throw error;
      await lane.append(body, rows, sources);
    }
    this.#options.onAppend?.();
    if (this.bytes > this.#options.limits.maxBytes) await this.keepBounds();
  }

  /** On a full disk; answers whether anything went. Samples never push out samples, or the newest would win. */
  async #makeRoom(kind: BatchKind): Promise<boolean> {
    if (await this.#forgetOldest()) return true;
    return kind === "executions" && (await this.#dropOldest("samples", "disk-full"));
  }

  async #keepBounds(): Promise<void> {
    const { maxBytes, maxAgeSeconds, graceSeconds, graceBytes } = this.#options.limits;
    const now = this.#options.now();
    const forgettable = () => this.#forgettable();
    while (
      forgettable()[0] &&
      forgettable()[0]!.segment.acknowledgedAt! < now - graceSeconds * microsPerSecond
    )
      await this.#forgetOldest();
    while (forgettable().reduce((sum, { segment }) => sum + segment.bytes, 0) > graceBytes)
      await this.#forgetOldest();
    while (this.bytes > maxBytes && (await this.#forgetOldest()));
    const oldestKept = now - maxAgeSeconds * microsPerSecond;
    while (await this.#dropOldest("samples", "too-old", oldestKept));
    while (this.bytes > maxBytes && (await this.#dropOldest("samples", "spool-full")));
    while (this.bytes > maxBytes && (await this.#dropOldest("executions", "spool-full")));
  }

  #forgettable(): (Place & { segment: Segment })[] {
    return this.#places()
      .flatMap(({ lane, stream }) => stream.segments.map((segment) => ({ lane, stream, segment })))
      .filter(({ lane, stream, segment }) => lane.mayForget(stream, segment))
      .toSorted((a, b) => a.segment.acknowledgedAt! - b.segment.acknowledgedAt!);
  }

  async #forgetOldest(): Promise<boolean> {
    const [oldest] = this.#forgettable();
    if (oldest) await oldest.lane.forget(oldest.stream, oldest.segment);
    return oldest !== undefined;
  }

  async #dropOldest(kind: BatchKind, reason: string, before = Infinity): Promise<boolean> {
    const lane = this.#lanes[kind];
    for (const stream of lane.streams) {
      const segment = stream.unsent.find((candidate) => !candidate.dropped && !lane.isOpen(candidate));
      if (!segment || segment.newestAt >= before) continue;
      try {
        const rows = await lane.drop(stream, segment, reason);
        this.count(reason, rows);
        this.#options.warn(`${rows} rows of ${kind} dropped: ${reason}`);
        return true;
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        return false;
      }
    }
    return false;
  }

  async #read(lane: Lane, stream: Stream, limits: ReadLimits): Promise<OutgoingBatch[]> {
    try {
      return await stream.read(limits);
    } catch (error) {
      if (!(error instanceof DamagedSegmentError)) throw error;
      this.#options.warn(`damaged spool file set aside: ${error.segment.path}`);
      const quarantine = join(this.#options.folder, "quarantine");
      await lane.replaceDamaged(stream, error.segment, () => salvage(error.segment.path, quarantine));
      await lane.coverHoles(stream, "damaged");
      return stream.hasUnsent ? stream.read(limits) : [];
    }
  }

  /** In the order of sending: live before backlog, executions before samples, old before new. */
  #places(): Place[] {
    const places = Object.values(this.#lanes).flatMap((lane) =>
      lane.streams.map((stream) => ({ lane, stream, live: stream === lane.current })),
    );
    return [...places.filter(({ live }) => live), ...places.filter(({ live }) => !live)];
  }

  async #saveMarks(): Promise<void> {
    const marks = Object.fromEntries(this.#places().map(({ stream }) => [stream.id, stream.mark]));
    await saveMarks(this.#marksPath, { epoch: this.#epoch ?? "", marks });
  }

  /** Segments come and go one operation at a time; appends touch only the open one and needn't wait. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** Sorts by time as text does. */
function timeText(now: Micros): string {
  return Math.max(0, Math.round(now / 1000))
    .toString(36)
    .padStart(9, "0");
}

function randomText(random: () => number): string {
  return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join("");
}
