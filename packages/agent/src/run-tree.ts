/**
 * The OS processes of one run and what they used together. A process belongs to the run once it was seen under it, also
 * after it reparents away. The kernel adds an ended child's sums to the parent that waits for it: such a child is left out,
 * and one that nobody waited for keeps what it had when it was last seen.
 */
import type { OsProcess } from "./os-processes/os-process.ts";

/** CPU time in ticks, and bytes; with those of children that were waited for. */
export type RunSums = { ticks: number; readBytes: number; writeBytes: number };

/** What members that were seen waited for a processor, and the CPU ticks that these themselves used meanwhile. */
export type Waiting = { nanos: number; ticks: number };

/** `apart`: no process of the run waits for it, so it is in nobody's sums but its own. */
type Member = { baseline: RunSums; waitedTicks: number; from: Waiting; apart: boolean };

export const nothing: RunSums = { ticks: 0, readBytes: 0, writeBytes: 0 };
/** User and system time are rounded apart, so a sum may be off by this. */
const roundingTicks = 2;
const maxMembers = 2000;
const maxPasses = 5;

export class RunTree {
  readonly root: OsProcess;
  readonly #members = new Map<OsProcess, Member>();
  /** What ended members used and no living one carries; of these, those apart. */
  #kept: RunSums = nothing;
  #keptApart: RunSums = nothing;
  #highest: RunSums = nothing;
  #highestApart: RunSums = nothing;
  readonly #keptWaiting: Waiting = { nanos: 0, ticks: 0 };

  /** `older`: the process did other work before this run, which does not count. */
  constructor(root: OsProcess, older: boolean) {
    this.root = root;
    this.#add(root, older ? sumsOf(root) : nothing);
  }

  /** Parents before their children. */
  get members(): Iterable<OsProcess> {
    return this.#members.keys();
  }

  get size(): number {
    return this.#members.size;
  }

  get hasEnded(): boolean {
    return this.#members.size === 0;
  }

  has(process: OsProcess): boolean {
    return this.#members.has(process);
  }

  /** What those used that no process of the run waits for, who tells the run's sums by its own waiting does not know it. */
  get apart(): RunSums {
    return this.#highestApart;
  }

  /** Takes in what runs under members now. A child of a long-lived root may be older than the run, and is then no part of it. */
  adopt(childrenOf: (pid: number) => readonly OsProcess[], belongs: (process: OsProcess) => boolean): void {
    // A map's walk goes on to what is added under way.
    for (const parent of this.#members.keys())
      for (const child of childrenOf(parent.pid)) if (belongs(child)) this.#add(child, nothing);
  }

  /** Takes in a process that the run's control group or its own environment shows. */
  add(process: OsProcess): void {
    this.#add(process, nothing);
  }

  /**
   * Reads all members anew, settles those that have ended and answers what the run used so far. `read` answers false for a
   * process that is gone.
   */
  settle(read: (process: OsProcess) => boolean): RunSums {
    const gone = this.#readAll(read);
    this.#noteApart();
    const parents = new Map<number, { waitedRise: number }>();
    for (const [process, member] of this.#members) {
      if (gone.get(process.pid) === process) continue;
      parents.set(process.pid, { waitedRise: process.waitedTicks - member.waitedTicks });
      member.waitedTicks = process.waitedTicks;
    }
    for (const process of gone.values()) this.#settleGone(process, gone, parents);
    let total = this.#kept;
    let apart = this.#keptApart;
    for (const [process, member] of this.#members) {
      const sums = minus(sumsOf(process), member.baseline);
      total = plus(total, sums);
      if (member.apart) apart = plus(apart, sums);
    }
    this.#highest = highest(this.#highest, total);
    this.#highestApart = highest(this.#highestApart, apart);
    return this.#highest;
  }

  /** No parent is given what an ended child waited: children that nobody saw are not in it. */
  waiting(): Waiting {
    const waiting = { ...this.#keptWaiting };
    for (const [process, { from }] of this.#members) addWaiting(waiting, process, from);
    return waiting;
  }

  rssPages(): number {
    let pages = 0;
    for (const process of this.#members.keys()) pages += process.rssPages;
    return pages;
  }

  /**
   * Answers who is gone, by pid. A child that ends between its parent's reading and its own would be in neither's sums, and
   * one that ends before its parent is read again in both: all are read again until nobody ends meanwhile.
   */
  #readAll(read: (process: OsProcess) => boolean): Map<number, OsProcess> {
    const gone = new Map<number, OsProcess>();
    for (let pass = 0; pass < maxPasses; pass++) {
      const before = gone.size;
      for (const process of this.#members.keys())
        if (gone.get(process.pid) !== process && !read(process)) gone.set(process.pid, process);
      if (gone.size === before) break;
    }
    return gone;
  }

  #noteApart(): void {
    const byPid = new Map<number, Member>();
    for (const [process, member] of this.#members) byPid.set(process.pid, member);
    for (const [process, member] of this.#members)
      if (process !== this.root) member.apart ||= byPid.get(process.parentPid)?.apart ?? true;
  }

  /** The nearest ancestor that lives carries its sums, if they fit into what it was given since. */
  #settleGone(
    process: OsProcess,
    gone: ReadonlyMap<number, OsProcess>,
    parents: ReadonlyMap<number, { waitedRise: number }>,
  ): void {
    const member = this.#members.get(process)!;
    this.#members.delete(process);
    addWaiting(this.#keptWaiting, process, member.from);
    const sums = minus(sumsOf(process), member.baseline);
    let parentPid = process.parentPid;
    for (let steps = 0; gone.has(parentPid) && steps < gone.size; steps++)
      parentPid = gone.get(parentPid)!.parentPid;
    const parent = parents.get(parentPid);
    if (parent && parent.waitedRise + roundingTicks >= sums.ticks) {
      parent.waitedRise -= sums.ticks;
      return;
    }
    this.#kept = plus(this.#kept, sums);
    if (member.apart) this.#keptApart = plus(this.#keptApart, sums);
  }

  #add(process: OsProcess, baseline: RunSums): void {
    if (this.#members.has(process) || this.#members.size >= maxMembers) return;
    const { now, waitedTicks } = process;
    const from =
      baseline === nothing ? { nanos: 0, ticks: 0 } : { nanos: now.runQueueNanos, ticks: now.ticks };
    this.#members.set(process, { baseline, waitedTicks, from, apart: false });
  }
}

function sumsOf({ now, waitedTicks }: OsProcess): RunSums {
  return { ticks: now.ticks + waitedTicks, readBytes: now.readBytes, writeBytes: now.writeBytes };
}

function addWaiting(waiting: Waiting, { now }: OsProcess, from: Waiting): void {
  const nanos = now.runQueueNanos - from.nanos;
  if (Number.isNaN(nanos)) return;
  waiting.nanos += nanos;
  waiting.ticks += now.ticks - from.ticks;
}

export function plus(one: RunSums, other: RunSums): RunSums {
  return {
    ticks: one.ticks + other.ticks,
    readBytes: one.readBytes + other.readBytes,
    writeBytes: one.writeBytes + other.writeBytes,
  };
}

function minus(one: RunSums, other: RunSums): RunSums {
  return {
    ticks: Math.max(0, one.ticks - other.ticks),
    readBytes: Math.max(0, one.readBytes - other.readBytes),
    writeBytes: Math.max(0, one.writeBytes - other.writeBytes),
  };
}

function highest(one: RunSums, other: RunSums): RunSums {
  return {
    ticks: Math.max(one.ticks, other.ticks),
    readBytes: Math.max(one.readBytes, other.readBytes),
    writeBytes: Math.max(one.writeBytes, other.writeBytes),
  };
}
