/** Whether the process that recorded a start is still there: the same pid, owner and start, not a later process. */
import { readFileSync, statSync } from "node:fs";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { readBootedAt } from "../boot.ts";
import { emptyStatLine, parseStat } from "../os-processes/parse-stat.ts";
import { readKernelConstants } from "../os-processes/kernel-constants.ts";
import type { Roots } from "../roots.ts";

export type JobProcess = { owner: number; startTicks: number };

/** Null if there is no process of that number; a zombie has ended. */
export function readJobProcess(roots: Roots, pid: number): JobProcess | null {
  try {
    const folder = `${roots.proc}/${pid}`;
    const bytes = readFileSync(`${folder}/stat`);
    const line = emptyStatLine();
    if (!parseStat(bytes, bytes.length, line) || bytes[line.nameTo + 2] === "Z".charCodeAt(0)) return null;
    return { owner: statSync(folder).uid, startTicks: line.startTicks };
  } catch {
    return null;
  }
}

/** Start times have this grain, and a clock may be corrected a little. */
const slackMicros = 2 * microsPerSecond;

export class JobProcesses {
  readonly #roots: Roots;
  readonly #now: () => Micros;
  readonly #ticksPerSecond: number;

  constructor(roots: Roots, now: () => Micros) {
    this.#roots = roots;
    this.#now = now;
    this.#ticksPerSecond = readKernelConstants(roots).ticksPerSecond;
  }

  /** The process that wrote a marker then; null if it has gone, or the number is another's by now. */
  writerOf(marker: { pid: number; owner: number; writtenAt: Micros }): JobProcess | null {
    const process = readJobProcess(this.#roots, marker.pid);
    if (!process || process.owner !== marker.owner) return null;
    const bootedAt = readBootedAt(this.#roots, this.#now());
    const startedAt = bootedAt + (process.startTicks / this.#ticksPerSecond) * microsPerSecond;
    return startedAt <= marker.writtenAt + slackMicros ? process : null;
  }

  isAlive(pid: number, startTicks: number): boolean {
    return readJobProcess(this.#roots, pid)?.startTicks === startTicks;
  }
}
