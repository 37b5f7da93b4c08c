/**
 * What running executions use, followed by their process trees and control groups on the looks of the table of OS
 * processes; nothing is read twice. What a run did between the last look and its end is not seen here, so sums are
 * answered only when the looks cover the run; peaks are answered when there was a look at all.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "./clock.ts";
import type { Moment } from "./collector.ts";
import { groupCpuSeconds, groupMembers, ownGroup } from "./control-groups.ts";
import type { OsProcess } from "./os-processes/os-process.ts";
import type { OsProcessTable } from "./os-processes/os-process-table.ts";
import type { Roots } from "./roots.ts";
import { RunTree, type RunSums } from "./run-tree.ts";

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

export type ExactSums = { [Sum in "cpuSeconds" | "ioReadBytes" | "ioWriteBytes"]?: number | undefined };

type Group = { directory: string; baselineSeconds: number };

type Run = {
  pid: number;
  startedAt: Micros;
  tree: RunTree | null;
  group: Group | null;
  /** The look before that peaks are measured from. */
  from: { at: Micros; sums: RunSums };
  sums: RunSums | null;
  seenAt: Micros;
  ioKnown: boolean;
  maxRssPages: number;
  peakTicksPerSecond: number;
  peakBytesPerSecond: number;
};

const maxRuns = 2000;
/** A process that started later than its run belongs to another one; start times have this grain. */
const startSlackMicros = 2 * microsPerSecond;
const shortestPeakSeconds = 1;
const coveredShare = 0.9;

export class RunUsage {
  readonly #table: OsProcessTable;
  readonly #roots: Roots;
  readonly #clock: Clock;
  readonly #runs = new Map<string, Run>();

  constructor(options: { table: OsProcessTable; roots: Roots; clock: Clock }) {
    this.#table = options.table;
    this.#roots = options.roots;
    this.#clock = options.clock;
  }

  /** How many began after an instant and are followed. */
  underWay(startedAfter: Micros): number {
    return [...this.#runs.values()].filter((run) => run.startedAt >= startedAfter).length;
  }

  /** Starts to follow an execution by the pid of its first process. */
  track(executionId: string, pid: number, startedAt: Micros): void {
    if (this.#runs.has(executionId)) return;
    if (this.#runs.size >= maxRuns) this.#forgetOldest();
    const run: Run = {
      pid,
      startedAt,
      tree: null,
      group: null,
      from: { at: startedAt, sums: { ticks: 0, readBytes: 0, writeBytes: 0 } },
      sums: null,
      seenAt: startedAt,
      ioKnown: false,
      maxRssPages: 0,
      peakTicksPerSecond: 0,
      peakBytesPerSecond: 0,
    };
    this.#runs.set(executionId, run);
    this.#adoptRoot(run, this.#table.seeNow(pid));
  }

  /**
   * Looks a last time and stops following; null if the run was not tracked or no process of it was ever seen.
   * `exact`: the sums that the run's recorder knows. They tell what it used after the last look, when nobody saw it.
   */
  finish(executionId: string, endedAt: Micros = this.#clock.now(), exact: ExactSums = {}): Usage | null {
    const run = this.#runs.get(executionId);
    this.#runs.delete(executionId);
    if (!run) return null;
    if (!run.tree) this.#adoptRoot(run, this.#table.seeNow(run.pid));
    if (!run.tree) return null;
    const alive = new Set<OsProcess>();
    for (const process of run.tree.members)
      if (this.#table.seeNow(process.pid) === process) alive.add(process);
    if (alive.has(run.tree.root) || this.#groupTicks(run.group) > 0)
      this.#measure(run, Math.min(endedAt, this.#clock.now()), (process) => alive.has(process));
    if (exact.cpuSeconds !== undefined) {
      const { readBytes, writeBytes } = run.from.sums;
      this.#notePeaks(run, endedAt, {
        ticks: exact.cpuSeconds * this.#table.kernel.ticksPerSecond,
        readBytes: exact.ioReadBytes ?? readBytes,
        writeBytes: exact.ioWriteBytes ?? writeBytes,
      });
    }
    return this.#usageOf(run, endedAt, exact);
  }

  /** After each look of the table. */
  observe({ at }: Moment): void {
    if (this.#runs.size === 0) return;
    const children = this.#children();
    const childrenOf = (pid: number) => children.get(pid) ?? [];
    for (const run of this.#runs.values()) {
      if (!run.tree) this.#adoptRoot(run, this.#table.byPid.get(run.pid) ?? null);
      if (!run.tree || run.tree.hasEnded) continue;
      run.tree.adopt(childrenOf, (process) => this.#startedWith(process, run));
      this.#adoptGroup(run.tree, run);
      this.#measure(run, at, (process) => this.#table.byPid.get(process.pid) === process);
    }
  }

  #adoptRoot(run: Run, root: OsProcess | null): void {
    if (!root) return;
    const processStartedAt = this.#table.startedAt(root);
    if (processStartedAt > run.startedAt + startSlackMicros) return;
    const older = processStartedAt < run.startedAt - startSlackMicros;
    run.tree = new RunTree(root, older);
    const directory = ownGroup(this.#roots, root.pid, root.parentPid);
    if (directory === null) return;
    run.group = { directory, baselineSeconds: older ? (groupCpuSeconds(directory) ?? 0) : 0 };
  }

  #adoptGroup(tree: RunTree, run: Run): void {
    if (!run.group) return;
    for (const pid of groupMembers(run.group.directory)) {
      const process = this.#table.byPid.get(pid);
      if (process && this.#startedWith(process, run)) tree.add(process);
    }
  }

  #startedWith(process: OsProcess, run: Run): boolean {
    return this.#table.startedAt(process) >= run.startedAt - startSlackMicros;
  }

  #measure(run: Run, at: Micros, isAlive: (process: OsProcess) => boolean): void {
    const { tree } = run;
    if (!tree) return;
    const ofTree = tree.settle(isAlive);
    const groupTicks = this.#groupTicks(run.group);
    // All had ended before this look, and what they did since the last one is not known.
    if (tree.hasEnded && run.sums && groupTicks <= run.sums.ticks) return;
    const sums = { ...ofTree, ticks: Math.max(ofTree.ticks, groupTicks) };
    this.#notePeaks(run, at, sums);
    run.sums = sums;
    run.seenAt = at;
    run.ioKnown = tree.root.ioAccess === "read";
    run.maxRssPages = Math.max(run.maxRssPages, tree.rssPages());
  }

  #notePeaks(run: Run, at: Micros, sums: RunSums): void {
    const seconds = (at - run.from.at) / microsPerSecond;
    if (seconds < shortestPeakSeconds) return;
    run.peakTicksPerSecond = Math.max(run.peakTicksPerSecond, (sums.ticks - run.from.sums.ticks) / seconds);
    const bytes = sums.readBytes - run.from.sums.readBytes + sums.writeBytes - run.from.sums.writeBytes;
    run.peakBytesPerSecond = Math.max(run.peakBytesPerSecond, bytes / seconds);
    run.from = { at, sums };
  }

  #groupTicks(group: Group | null): number {
    if (!group) return 0;
    const seconds = (groupCpuSeconds(group.directory) ?? 0) - group.baselineSeconds;
    return Math.max(0, seconds) * this.#table.kernel.ticksPerSecond;
  }

  #usageOf(run: Run, endedAt: Micros, exact: ExactSums): Usage | null {
    const { sums } = run;
    const measured = run.from.at > run.startedAt;
    if (!sums && !measured) return null;
    const { ticksPerSecond, pageBytes } = this.#table.kernel;
    const covered = sums && run.seenAt - run.startedAt >= coveredShare * (endedAt - run.startedAt);
    const cpuSeconds = exact.cpuSeconds ?? (covered ? sums.ticks / ticksPerSecond : null);
    return {
      ...(covered ? { cpuSeconds: sums.ticks / ticksPerSecond } : {}),
      ...(covered && run.ioKnown ? { ioReadBytes: sums.readBytes, ioWriteBytes: sums.writeBytes } : {}),
      ...(run.maxRssPages > 0 ? { maxRssBytes: run.maxRssPages * pageBytes } : {}),
      ...(measured ? { peakCpuCores: run.peakTicksPerSecond / ticksPerSecond } : {}),
      ...(measured && run.ioKnown ? { peakIoBytesPerSecond: Math.round(run.peakBytesPerSecond) } : {}),
      ...this.#waitingOf(run, cpuSeconds),
    };
  }

  /** Known only where those that were seen waiting are those that did nearly all of the run's work. */
  #waitingOf({ tree }: Run, cpuSeconds: number | null): Pick<Usage, "runQueueSeconds"> {
    if (!tree || cpuSeconds === null) return {};
    const { nanos, ticks } = tree.waiting();
    const seen = ticks / this.#table.kernel.ticksPerSecond;
    return ticks > 0 && seen >= coveredShare * cpuSeconds ? { runQueueSeconds: nanos / 1e9 } : {};
  }

  #children(): Map<number, OsProcess[]> {
    const children = new Map<number, OsProcess[]>();
    for (const process of this.#table.byPid.values()) {
      const siblings = children.get(process.parentPid);
      if (siblings) siblings.push(process);
      else children.set(process.parentPid, [process]);
    }
    return children;
  }

  #forgetOldest(): void {
    const oldest = this.#runs.keys().next();
    if (!oldest.done) this.#runs.delete(oldest.value);
  }
}
