/**
 * Reads one file from a position on, whole lines at a time. What is to be recorded is in the spool before the position
 * moves and the lines are counted, both in one step; the spool's record names the position, so a crash doubles nothing.
 */
import type { Clock } from "../clock.ts";
import type { Spool } from "../spool/spool.ts";
import type { WebRequests } from "../web-requests/web-requests.ts";
import type { LogFile } from "./log-file.ts";
import type { LogLines, ReadLines } from "./log-lines.ts";

export type TailParts = {
  path: string;
  lines: LogLines;
  webRequests: WebRequests;
  spool: Spool;
  clock: Clock;
};

const chunkBytes = 256 * 1024;
const longestLine = 64 * 1024;
const positionsKept = 8;

export class LogTail {
  readonly file: LogFile;
  readonly generation: string;
  readonly #parts: TailParts;
  readonly #recordedUpTo: number;
  #offset: number;
  /** Read, and to be taken in once the disk has room again. */
  #pending: { read: ReadLines; end: number } | null = null;
  /** Inside a line that is too long. */
  #skips = false;
  #grewAt: number;

  constructor(parts: TailParts, file: LogFile, generation: string, offset: number, recordedUpTo: number) {
    this.#parts = parts;
    this.file = file;
    this.generation = generation;
    this.#offset = offset;
    this.#recordedUpTo = recordedUpTo;
    this.#grewAt = parts.clock.monotonicSeconds();
  }

  get offset(): number {
    return this.#offset;
  }

  get idleSeconds(): number {
    return this.#parts.clock.monotonicSeconds() - this.#grewAt;
  }

  /** Takes in the next lines; answers whether there may be more at once. Rejects with SpoolFullError on a full disk. */
  async advance(): Promise<boolean> {
    this.#pending ??= this.#read();
    if (!this.#pending) return false;
    const { read, end } = this.#pending;
    const { path, spool, webRequests } = this.#parts;
    if (read.executions.length > 0)
      await spool.appendExecutions(read.executions, [sourceOf(path, this.generation, end)]);
    for (const { request, weight } of read.requests) webRequests.count(request, weight);
    if (read.unread > 0) spool.count("access-log-line", read.unread);
    this.#pending = null;
    this.#offset = end;
    this.#grewAt = this.#parts.clock.monotonicSeconds();
    this.note();
    return true;
  }

  /** Puts its position where the next save finds it. */
  note(): void {
    const { path, webRequests, clock } = this.#parts;
    const others = (webRequests.logPositions.get(path) ?? []).filter(
      ({ generation }) => generation !== this.generation,
    );
    const own = { generation: this.generation, offset: this.#offset, at: clock.now() };
    webRequests.logPositions.set(path, [own, ...others].slice(0, positionsKept));
    webRequests.touched();
  }

  #read(): { read: ReadLines; end: number } | null {
    const bytes = this.file.read(this.#offset, chunkBytes);
    const last = bytes.lastIndexOf(10);
    if (last === -1) {
      if (bytes.length < longestLine) return null;
      const unread = this.#skips ? 0 : 1;
      this.#skips = true;
      return { read: { requests: [], executions: [], unread }, end: this.#offset + bytes.length };
    }
    // One character a byte: offsets can be counted, and nothing that is no UTF-8 does harm.
    const first = this.#skips ? bytes.indexOf(10) + 1 : 0;
    this.#skips = false;
    const lines = first > last ? [] : bytes.toString("latin1", first, last).split("\n");
    const span = {
      generation: this.generation,
      offset: this.#offset + first,
      recordedUpTo: this.#recordedUpTo,
    };
    return { read: this.#parts.lines.read(lines, span), end: this.#offset + last + 1 };
  }
}

function sourceOf(path: string, generation: string, offset: number): string {
  return `access-log ${generation} ${offset} ${path}`;
}

/** Up to where the spool holds what is recorded of a log, by generation: the newest records tell it. */
export function recordedPositions(sources: Iterable<string>, path: string): Map<string, number> {
  const positions = new Map<string, number>();
  for (const source of sources) {
    if (!source.startsWith("access-log ") || !source.endsWith(` ${path}`)) continue;
    const [, generation, offset] = source.split(" ", 3);
    positions.set(generation!, Math.max(positions.get(generation!) ?? 0, Number(offset)));
  }
  return positions;
}
