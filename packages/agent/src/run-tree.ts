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

type Member = { baseline: RunSums; waitedTicks: number; from: Waiting };

const nothing: RunSums = { ticks: 0, readBytes: 0, writeBytes: 0 };
/** User and system time are rounded apart, so a sum may be off by this. */
const roundingTicks = 2;
const maxMembers = 2000;

export class RunTree {
  readonly root: OsProcess;
  readonly #members = new Map<OsProcess, Member>();
  /** What ended members used and no living one carries. */
  #kept: RunSums = nothing;
  #highest: RunSums = nothing;
  readonly #keptWaiting: Waiting = { nanos: 0, ticks: 0 };

  /** `older`: the process did other work before this run, which does not count. */
  constructor(root: OsProcess, older: boolean) {
    this.root = root;
    this.#add(root, older ? sumsOf(root) : nothing);
  }

  get members(): Iterable<OsProcess> {
    return this.#members.keys();
  }

  get hasEnded(): boolean {
    return this.#members.size === 0;
  }

  /** Takes in what runs under members now. A child of a long-lived root may be older than the run, and is then no part of it. */
  adopt(childrenOf: (pid: number) => readonly OsProcess[], belongs: (process: OsProcess) => boolean): void {
    // A map's walk goes on to what is added under way.
    for (const parent of this.#members.keys())
      for (const child of childrenOf(parent.pid)) if (belongs(child)) this.#add(child, nothing);
  }

  /** Takes in a process that the run's control group shows. */
  add(process: OsProcess): void {
    this.#add(process, nothing);
  }

  /** After a look: settles the members that have ended and answers what the run used so far. */
  settle(isAlive: (process: OsProcess) => boolean): RunSums {
    const gone = new Map<number, OsProcess>();
    const parents = new Map<number, { process: OsProcess; waitedRise: number }>();
    for (const [process, member] of this.#members) {
      if (isAlive(process)) {
        parents.set(process.pid, { process, waitedRise: process.waitedTicks - member.waitedTicks });
        member.waitedTicks = process.waitedTicks;
      } else gone.set(process.pid, process);
    }
    for (const process of gone.values()) {
      const member = this.#members.get(process)!;
      const sums = minus(sumsOf(process), member.baseline);
      addWaiting(this.#keptWaiting, process, member.from);
      this.#members.delete(process);
      let parentPid = process.parentPid;
      for (let steps = 0; gone.has(parentPid) && steps < gone.size; steps++)
        parentPid = gone.get(parentPid)!.parentPid;
      const parent = parents.get(parentPid);
      if (parent && parent.waitedRise + roundingTicks >= sums.ticks) parent.waitedRise -= sums.ticks;
      else this.#kept = plus(this.#kept, sums);
    }
    let total = this.#kept;
    for (const [process, { baseline }] of this.#members)
      total = plus(total, minus(sumsOf(process), baseline));
    this.#highest = highest(this.#highest, total);
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

  #add(process: OsProcess, baseline: RunSums): void {
    if (this.#members.has(process) || this.#members.size >= maxMembers) return;
    const { now } = process;
    const from =
      baseline === nothing ? { nanos: 0, ticks: 0 } : { nanos: now.runQueueNanos, ticks: now.ticks };
    this.#members.set(process, { baseline, waitedTicks: process.waitedTicks, from });
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

function plus(one: RunSums, other: RunSums): RunSums {
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
