/**
 * Reads of /proc/<pid>/..., at the lowest price that Node.js has: descriptors stay open and are read from the start again
 * into one buffer. How many stay open is bounded by the process's own limit; beyond it files are opened each time.
 */
import { closeSync, openSync, readdirSync, readSync, readFileSync, statSync } from "node:fs";
import type { Roots } from "../roots.ts";
import { parseIo, type IoTotals } from "./parse-io.ts";
import { parseSchedstat } from "./parse-schedstat.ts";
import { parseStat, type StatLine } from "./parse-stat.ts";

const maxKept = 4096;
const environmentBytes = 16_384;

export class ProcessFiles {
  readonly buffer = Buffer.allocUnsafe(4096);
  readonly #proc: string;
  readonly #mayKeep: number;
  #kept = 0;

  constructor({ proc }: Roots, keepsOpen: boolean) {
    this.#proc = proc;
    this.#mayKeep = keepsOpen ? Math.min(maxKept, Math.floor(readDescriptorLimit(proc) / 2)) : 0;
  }

  /** Reads the line of a process that is not known yet; null if there is none by now. */
  openStat(pid: number, line: StatLine): { descriptor: number | null } | null {
    let descriptor: number;
    try {
      descriptor = openSync(`${this.#proc}/${pid}/stat`, "r");
    } catch {
      return null;
    }
    if (!this.readStat(descriptor, line)) {
      closeSync(descriptor);
      return null;
    }
    if (this.#kept < this.#mayKeep) {
      this.#kept++;
      return { descriptor };
    }
    closeSync(descriptor);
    return { descriptor: null };
  }

  /** False once the process is gone. */
  readStat(descriptor: number, line: StatLine): boolean {
    try {
      const length = readSync(descriptor, this.buffer, 0, this.buffer.length, 0);
      return parseStat(this.buffer, length, line);
    } catch {
      return false;
    }
  }

  close(descriptor: number): void {
    closeSync(descriptor);
    this.#kept--;
  }

  readIo(pid: number): IoTotals | "denied" | "gone" {
    try {
      return parseIo(this.#readSmall(`${this.#proc}/${pid}/io`)) ?? "gone";
    } catch (error) {
      return isDenied(error) ? "denied" : "gone";
    }
  }

  /** What the only thread of a process waited for a processor, in nanoseconds; null where that is not told. */
  readWait(pid: number | "self"): number | null {
    try {
      return parseSchedstat(this.#readSmall(`${this.#proc}/${pid}/schedstat`));
    } catch {
      return null;
    }
  }

  /** The same of each thread, by its id; null if there are more than `most`, or it is not told. */
  readThreadWaits(pid: number, most: number): Map<number, number> | null {
    const folder = `${this.#proc}/${pid}/task`;
    const waits = new Map<number, number>();
    try {
      const threads = readdirSync(folder);
      if (threads.length > most) return null;
      for (const thread of threads) {
        const nanos = this.#threadWait(`${folder}/${thread}/schedstat`);
        if (nanos !== null) waits.set(Number(thread), nanos);
      }
    } catch {
      return null;
    }
    return waits.size > 0 ? waits : null;
  }

  /** The beginning of what a process was started with, `NAME=value` with NUL between; empty if it is gone or another user's. */
  readEnvironment(pid: number): string {
    try {
      return this.#readSmall(`${this.#proc}/${pid}/environ`, Buffer.allocUnsafe(environmentBytes));
    } catch {
      return "";
    }
  }

  /** The words of a command line; of a long one the first whole ones. */
  readArguments(pid: number): string[] {
    try {
      const text = readFileSync(`${this.#proc}/${pid}/cmdline`, "utf8");
      const words = text.slice(0, environmentBytes).split("\0");
      // What follows the last NUL is nothing, or cut: of a part nobody can say that it is no secret.
      return words.length > 1 ? words.slice(0, -1) : text.length < environmentBytes ? words : [];
    } catch {
      return [];
    }
  }

  /** In bytes; null if the process is gone, or holds none as kernel threads and zombies do. */
  readPeakRss(pid: number): number | null {
    try {
      return parsePeakRss(this.#readSmall(`${this.#proc}/${pid}/status`));
    } catch {
      return null;
    }
  }

  /** A thread may end, or be new and not have run yet. */
  #threadWait(path: string): number | null {
    try {
      return parseSchedstat(this.#readSmall(path));
    } catch {
      return null;
    }
  }

  #readSmall(path: string, buffer = this.buffer): string {
    const descriptor = openSync(path, "r");
    try {
      return buffer.toString("latin1", 0, readSync(descriptor, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(descriptor);
    }
  }

  /** The directory shows the effective user also of processes whose files belong to root. */
  readOwner(pid: number): number | null {
    return statSync(`${this.#proc}/${pid}`, { throwIfNoEntry: false })?.uid ?? null;
  }
}

/** Of /proc/<pid>/status: the peak since the program was started. */
export function parsePeakRss(text: string): number | null {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(text);
  return match ? Number(match[1]) * 1024 : null;
}

/** ENOENT counts: a kernel without I/O accounting has no such file. */
function isDenied(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["EACCES", "EPERM", "ENOENT"].includes(String(error.code))
  );
}

function readDescriptorLimit(proc: string): number {
  try {
    return parseDescriptorLimit(readFileSync(`${proc}/self/limits`, "utf8")) ?? 1024;
  } catch {
    return 1024;
  }
}

/** The soft limit in /proc/self/limits; null where it does not say. */
export function parseDescriptorLimit(text: string): number | null {
  const match = /^Max open files\s+(\d+|unlimited)/m.exec(text);
  if (!match) return null;
  return match[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(match[1]);
}
