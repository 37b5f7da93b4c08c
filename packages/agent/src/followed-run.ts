/**
 * One running execution: its process tree and control group as looks see them, and what it used by the end. What a run did
 * between the last look and its end is not seen here, so sums are answered only when the looks cover the run, or when
 * its recorder tells them; peaks are answered when there was a look at all.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { groupCpuSeconds, groupMembers, ownGroup } from "./control-groups.ts";
import type { OsProcess } from "./os-processes/os-process.ts";
import type { OsProcessTable } from "./os-processes/os-process-table.ts";
import type { Roots } from "./roots.ts";
import { nothing, RunTree, type RunSums } from "./run-tree.ts";

/** In the units and under the names of an execution; a field is missing where it is not known. */
export type Usage = {
  cpuSeconds?: number;
  maxRssBytes?: number;
  ioReadBytes?: number;
  ioWriteBytes?: number;
  peakCpuCores?: number;
  peakIoBytesPerSecond?: number;
  runQueueSeconds?: number;
};

/** Of the run's process and all that were waited for below it. */
export type ExactSums = { [Sum in "cpuSeconds" | "ioReadBytes" | "ioWriteBytes"]?: number | undefined };

type Group = { directory: string; baselineSeconds: number };

/** A process that started later than its run belongs to another one; start times have this grain. */
const startSlackMicros = 2 * microsPerSecond;
const coveredShare = 0.9;
/** Peaks are means over so many seconds at least: of a run that is young, or has ended, and of others. */
const shortestPeakSeconds = { young: 1, usual: 4 };
const youngSeconds = 5;
/** Whose peak of memory is asked for, of a tree: each costs a read. */
const peaksRead = 30;

export class FollowedRun {
  readonly startedAt: Micros;
  tree: RunTree | null = null;
  readonly #pid: number;
  readonly #table: OsProcessTable;
  readonly #roots: Roots;
  #group: Group | null = null;
  #older = false;
  /** The look before that peaks are measured from. */
  #from: { at: Micros; sums: RunSums };
  #sums: RunSums | null = null;
  #seenAt: Micros;
  #ioKnown = false;
  #maxRssBytes = 0;
  #peakTicksPerSecond = 0;
  #peakBytesPerSecond = 0;

  constructor(options: { pid: number; startedAt: Micros; table: OsProcessTable; roots: Roots }) {
    this.#pid = options.pid;
    this.startedAt = options.startedAt;
    this.#table = options.table;
    this.#roots = options.roots;
    this.#from = { at: options.startedAt, sums: nothing };
    this.#seenAt = options.startedAt;
    this.#adoptRoot(this.#table.seeNow(this.#pid));
  }

  /** Takes in what has come to it. */
  adopt(childrenOf: (pid: number) => readonly OsProcess[]): void {
    if (!this.tree) this.#adoptRoot(this.#table.byPid.get(this.#pid) ?? null);
    if (!this.tree || this.tree.hasEnded) return;
    this.tree.adopt(childrenOf, (process) => this.startedWith(process));
    this.#adoptGroup(this.tree);
  }

  measure(at: Micros): void {
    if (this.tree && !this.tree.hasEnded) this.#measure(this.tree, at);
  }

  startedWith(process: OsProcess): boolean {
    return this.#table.startedAt(process) >= this.startedAt - startSlackMicros;
  }

  /** Looks a last time; null if no process of it was ever seen. */
  finish(endedAt: Micros, now: Micros, exact: ExactSums): Usage | null {
    if (!this.tree) this.#adoptRoot(this.#table.seeNow(this.#pid));
    const { tree } = this;
    if (!tree) return null;
    const rootLives = this.#read(tree.root);
    if (rootLives || this.#groupTicks() > 0) this.#measure(tree, Math.min(endedAt, now));
    else tree.settle((process) => this.#read(process));
    const told = this.#told(tree, exact);
    if (exact.cpuSeconds !== undefined)
      this.#notePeaks(endedAt, { ...this.#from.sums, ...told }, shortestPeakSeconds.young);
    return this.#usage(tree, endedAt, told);
  }

  /** The recorder's sums, and those of processes that it did not wait for; each only where it knows it. */
  #told(tree: RunTree, exact: ExactSums): Partial<RunSums> {
    const { apart } = tree;
    const ticks = (exact.cpuSeconds ?? 0) * this.#table.kernel.ticksPerSecond + apart.ticks;
    return {
      ...(exact.cpuSeconds === undefined ? {} : { ticks: Math.max(ticks, this.#groupTicks()) }),
      ...(exact.ioReadBytes === undefined ? {} : { readBytes: exact.ioReadBytes + apart.readBytes }),
      ...(exact.ioWriteBytes === undefined ? {} : { writeBytes: exact.ioWriteBytes + apart.writeBytes }),
    };
  }

  #adoptRoot(root: OsProcess | null): void {
    if (!root) return;
    const processStartedAt = this.#table.startedAt(root);
    if (processStartedAt > this.startedAt + startSlackMicros) return;
    this.#older = processStartedAt < this.startedAt - startSlackMicros;
    this.tree = new RunTree(root, this.#older);
    const directory = ownGroup(this.#roots, root.pid, root.parentPid);
    if (directory === null) return;
    this.#group = { directory, baselineSeconds: this.#older ? (groupCpuSeconds(directory) ?? 0) : 0 };
  }

  #adoptGroup(tree: RunTree): void {
    if (!this.#group) return;
    for (const pid of groupMembers(this.#group.directory)) {
      const process = this.#table.byPid.get(pid);
      if (process && this.startedWith(process)) tree.add(process);
    }
  }

  #read(process: OsProcess): boolean {
    return this.#table.seeNow(process.pid) === process;
  }

  #measure(tree: RunTree, at: Micros): void {
    const ofTree = tree.settle((process) => this.#read(process));
    const groupTicks = this.#groupTicks();
    // All had ended before this look, and what they did since the last one is not known.
    if (tree.hasEnded && this.#sums && groupTicks <= this.#sums.ticks) return;
    const sums = { ...ofTree, ticks: Math.max(ofTree.ticks, groupTicks) };
    const isYoung = at - this.startedAt < youngSeconds * microsPerSecond;
    this.#notePeaks(at, sums, isYoung ? shortestPeakSeconds.young : shortestPeakSeconds.usual);
    this.#sums = sums;
    this.#seenAt = at;
    this.#ioKnown = tree.root.ioAccess === "read";
    this.#noteMemory(tree);
  }

  /** All at this look, and the most that one of them alone ever held, which may be over by now. */
  #noteMemory(tree: RunTree): void {
    this.#maxRssBytes = Math.max(this.#maxRssBytes, tree.rssPages() * this.#table.kernel.pageBytes);
    let left = peaksRead;
    for (const process of tree.members) {
      if (left-- === 0) break;
      if (process === tree.root && this.#older) continue;
      this.#maxRssBytes = Math.max(this.#maxRssBytes, this.#table.peakRssBytes(process) ?? 0);
    }
  }

  #notePeaks(at: Micros, sums: RunSums, shortestSeconds: number): void {
    const seconds = (at - this.#from.at) / microsPerSecond;
    if (seconds < shortestSeconds) return;
    const before = this.#from.sums;
    this.#peakTicksPerSecond = Math.max(this.#peakTicksPerSecond, (sums.ticks - before.ticks) / seconds);
    const bytes = sums.readBytes - before.readBytes + sums.writeBytes - before.writeBytes;
    this.#peakBytesPerSecond = Math.max(this.#peakBytesPerSecond, bytes / seconds);
    this.#from = { at, sums };
  }

  #groupTicks(): number {
    if (!this.#group) return 0;
    const seconds = (groupCpuSeconds(this.#group.directory) ?? 0) - this.#group.baselineSeconds;
    return Math.max(0, seconds) * this.#table.kernel.ticksPerSecond;
  }

  #usage(tree: RunTree, endedAt: Micros, told: Partial<RunSums>): Usage | null {
    const measured = this.#from.at > this.startedAt;
    const isCovered = this.#seenAt - this.startedAt >= coveredShare * (endedAt - this.startedAt);
    const covered = isCovered ? this.#sums : null;
    const { ticksPerSecond } = this.#table.kernel;
    const ticks = told.ticks ?? covered?.ticks;
    const readBytes = told.readBytes ?? (this.#ioKnown ? covered?.readBytes : undefined);
    const writeBytes = told.writeBytes ?? (this.#ioKnown ? covered?.writeBytes : undefined);
    if (!this.#sums && !measured && ticks === undefined) return null;
    return {
      ...(ticks === undefined ? {} : { cpuSeconds: ticks / ticksPerSecond }),
      ...(readBytes === undefined ? {} : { ioReadBytes: readBytes }),
      ...(writeBytes === undefined ? {} : { ioWriteBytes: writeBytes }),
      ...(this.#maxRssBytes > 0 ? { maxRssBytes: this.#maxRssBytes } : {}),
      ...(measured ? { peakCpuCores: this.#peakTicksPerSecond / ticksPerSecond } : {}),
      ...(measured && this.#ioKnown ? { peakIoBytesPerSecond: Math.round(this.#peakBytesPerSecond) } : {}),
      ...waitedSeconds(tree, ticks),
    };
  }
}

/** Known only where those that were seen waiting are those that did nearly all of the run's work. */
function waitedSeconds(tree: RunTree, ticks: number | undefined): Pick<Usage, "runQueueSeconds"> {
  const waiting = tree.waiting();
  const isSeen = ticks !== undefined && waiting.ticks > 0 && waiting.ticks >= coveredShare * ticks;
  return isSeen ? { runQueueSeconds: waiting.nanos / 1e9 } : {};
}
