/** Follows one access log across rotation: renamed and made anew, or copied and emptied, also while no agent ran. */
import { lstatSync } from "node:fs";
import { microsPerSecond } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { AccessLogSettings } from "../settings.ts";
import type { Spool } from "../spool/spool.ts";
import type { WebRequests } from "../web-requests/web-requests.ts";
import { openLog, type LogFile, type LogRefusal, type OpenedLog } from "./log-file.ts";
import { LogLines } from "./log-lines.ts";
import { LogTail, recordedPositions, type TailParts } from "./log-tail.ts";
import { rotatedFiles } from "./rotated-files.ts";

export type FollowerOptions = {
  settings: AccessLogSettings;
  webRequests: WebRequests;
  spool: Spool;
  clock: Clock;
  log: Log;
};

/** A server may write to the renamed file for a while. */
const drainedAfterSeconds = 60;
const mostDraining = 8;

const refusals: Record<LogRefusal, string> = {
  link: "it is a symbolic link",
  "no-file": "it is no regular file",
  "no-permission": "the agent may not read it",
};

export class LogFollower {
  readonly #options: FollowerOptions;
  readonly #path: string;
  readonly #lines: LogLines;
  readonly #recorded: ReadonlyMap<string, number>;
  #current: LogTail | null = null;
  #draining: LogTail[] = [];
  /** Empty yet; held, because it may be renamed before it is looked at again. */
  #empty: LogFile | null = null;
  #lookedBack = false;
  #complaint = "";

  constructor(options: FollowerOptions) {
    const { settings, webRequests, spool } = options;
    this.#options = options;
    this.#path = settings.path;
    this.#lines = new LogLines(settings, webRequests);
    this.#recorded = recordedPositions(spool.recoveredSources, settings.path);
  }

  /** Takes in some of what is new; answers whether there is more at once. Rejects with SpoolFullError on a full disk. */
  async look(): Promise<boolean> {
    if (this.#lines.formatError !== null) {
      this.#complain(`its format can't be used: ${this.#lines.formatError}`);
      return false;
    }
    let more = await this.#drain();
    const { webRequests } = this.#options;
    const isKnown = webRequests.logPositions.has(this.#path);
    this.#current ??= this.#open();
    // What is new from here on would be the past after a crash.
    if (!isKnown && webRequests.logPositions.has(this.#path)) await webRequests.save();
    if (!this.#current) return more;
    if (this.#wasEmptied(this.#current)) {
      this.#drainCopyOf(this.#current);
      this.#current.file.close();
      this.#current = this.#open();
      return true;
    }
    if (await this.#current.advance()) more = true;
    else if (this.#wasRenamed(this.#current)) {
      this.#addDraining(this.#current);
      this.#current = this.#open();
      more = this.#current !== null;
    }
    if (this.#lines.format) this.#complain("");
    else if (this.#current && this.#current.offset > 0 && more)
      this.#complain("its lines are of no known format: culprit doctor tells what to do");
    return more;
  }

  close(): void {
    for (const tail of [...this.#draining, ...(this.#current ? [this.#current] : [])]) tail.file.close();
    this.#empty?.close();
    this.#draining = [];
    this.#current = this.#empty = null;
  }

  async #drain(): Promise<boolean> {
    let more = false;
    for (const tail of this.#draining) {
      if (await tail.advance()) more = true;
      else if (tail.idleSeconds >= drainedAfterSeconds || this.#draining.length > mostDraining) {
        tail.file.close();
        this.#draining = this.#draining.filter((other) => other !== tail);
      }
    }
    return more;
  }

  #open(): LogTail | null {
    const { webRequests } = this.#options;
    const known = webRequests.logPositions.get(this.#path);
    const opened = this.#openFile();
    if ("refused" in opened) this.#complain(refusals[opened.refused]);
    // What comes to a log that is absent or empty is new.
    const isNew = "absent" in opened || ("file" in opened && opened.generation === null);
    if (isNew && !known) webRequests.logPositions.set(this.#path, []);
    if (!("file" in opened)) return null;
    const { file, generation } = opened;
    if (generation === null) {
      this.#empty = file;
      return null;
    }
    if (known) this.#lookBack(generation);
    const saved = known?.find((position) => position.generation === generation)?.offset;
    // Of a log that was never seen before, what is in it already is the past.
    const tail = this.#tail(file, generation, saved ?? (known ? 0 : endOf(file)));
    tail.note();
    return tail;
  }

  #openFile(): { file: LogFile; generation: string | null } | Exclude<OpenedLog, { file: LogFile }> {
    const empty = this.#empty;
    this.#empty = null;
    if (empty) {
      const generation = empty.generation();
      if (generation !== null || !this.#wasRenamed({ file: empty })) return { file: empty, generation };
      empty.close();
    }
    const opened = openLog(this.#path);
    return "file" in opened ? { ...opened, generation: opened.file.generation() } : opened;
  }

  /** Once, after a start: what was written to files that were rotated meanwhile. */
  #lookBack(current: string): void {
    if (this.#lookedBack) return;
    this.#lookedBack = true;
    const positions = this.#options.webRequests.logPositions.get(this.#path) ?? [];
    if (positions.length === 0) return;
    const newest = Math.max(...positions.map(({ at }) => at));
    for (const { file, generation } of rotatedFiles(this.#path)) {
      const saved = positions.find((position) => position.generation === generation);
      const isNew = saved === undefined && file.modifiedMillis * 1000 > newest - microsPerSecond;
      const offset = saved?.offset ?? 0;
      if (generation !== current && (isNew || saved) && file.size > offset)
        this.#addDraining(this.#tail(file, generation, offset));
      else file.close();
    }
  }

  /** What was written between the last look and the copy is in the copy alone. */
  #drainCopyOf({ generation, offset }: LogTail): void {
    for (const rotated of rotatedFiles(this.#path)) {
      const { file } = rotated;
      if (rotated.generation === generation && file.size > offset)
        this.#addDraining(this.#tail(file, generation, offset));
      else file.close();
    }
  }

  #tail(file: LogFile, generation: string, offset: number): LogTail {
    const { webRequests, spool, clock } = this.#options;
    const parts: TailParts = { path: this.#path, lines: this.#lines, webRequests, spool, clock };
    return new LogTail(parts, file, generation, offset, this.#recorded.get(generation) ?? 0);
  }

  #addDraining(tail: LogTail): void {
    this.#draining.push(tail);
  }

  #wasEmptied({ file, offset, generation }: LogTail): boolean {
    return file.size < offset || file.generation() !== generation;
  }

  #wasRenamed({ file }: Pick<LogTail, "file">): boolean {
    try {
      const { dev, ino } = lstatSync(this.#path);
      return `${dev}:${ino}` !== file.identity;
    } catch {
      return false; // not made anew yet
    }
  }

  #complain(text: string): void {
    if (text !== "" && text !== this.#complaint)
      this.#options.log.warn(`access log ${this.#path} is not followed: ${text}`);
    this.#complaint = text;
  }
}

/** After the last whole line. */
function endOf(file: LogFile): number {
  const size = file.size;
  const tail = file.read(Math.max(0, size - 64 * 1024), 64 * 1024);
  const last = tail.lastIndexOf(10);
  return last === -1 ? size : size - tail.length + last + 1;
}
