/**
 * Looks at the children of cron: a job is the first program under each child that cron forks (or that child itself,
 * where a daemon starts programs directly), and it ends with that program, as it would for a recorder around it. Mailers
 * are no jobs. A look costs one or two small reads for each daemon and each job that runs.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { OsProcessTable } from "../os-processes/os-process-table.ts";
import type { Roots } from "../roots.ts";
import { findDaemons, isDaemonName } from "./cron-daemons.ts";
import {
  exitCodeOf,
  readArguments,
  readChildren,
  readOwner,
  readProcessNow,
  type ProcessNow,
} from "./cron-processes.ts";
import { readJob } from "./job-name.ts";

/** A job that runs, or ran when it was last looked at. */
export type WatchedJob = {
  id: string;
  pid: number;
  startTicks: number;
  startedAt: Micros;
  process: string;
  user: string;
  lastSeenAt: Micros;
  /** Its command line starts a recorder. */
  recordsItself: boolean;
  /** Pids that were seen under it in its first seconds. */
  members: Set<number>;
};

export type EndedJob = {
  job: WatchedJob;
  exitCode: number | null;
  /** Of the job and its descendants, as the kernel told cron; null where it can't be told apart from another job's. */
  cpuSeconds: number | null;
};

export type CronLook = {
  began: WatchedJob[];
  ended: EndedJob[];
  /** At least so many jobs came and went without being seen since the last look, or are more than are watched. */
  unseen: number;
};

type Daemon = {
  pid: number;
  startTicks: number;
  name: string;
  waitedTicks: number;
  waitedFaults: number;
  /** Children by pid: when each started, and its job once there is one. */
  branches: Map<number, { startTicks: number; jobId: string | null }>;
};

const mostJobs = 500;
/** Recorders are started by then, and what they start is known to be theirs. */
const membersFor = 10 * microsPerSecond;
const mostMembers = 100;

export class CronWatch {
  readonly jobs: Map<string, WatchedJob>;
  readonly #roots: Roots;
  readonly #table: OsProcessTable;
  readonly #daemons = new Map<number, Daemon>();
  readonly #ownUser = process.getuid?.() ?? null;
  #ancestors = new Set<number>();
  #daemonsFoundIn: unknown = null;

  /** `jobs`: those that ran when the agent stopped. */
  constructor(options: { roots: Roots; table: OsProcessTable; jobs?: readonly WatchedJob[] }) {
    this.#roots = options.roots;
    this.#table = options.table;
    this.jobs = new Map(options.jobs?.map((job) => [job.id, job]));
    this.#ancestors = ancestorsOf(this.#roots, process.pid);
  }

  get hasDaemons(): boolean {
    return this.#daemons.size > 0;
  }

  look(now: Micros): CronLook {
    this.#findDaemons();
    const ended = this.#endedJobs(now);
    const began: WatchedJob[] = [];
    let unseen = 0;
    for (const daemon of this.#daemons.values()) {
      const alive = readProcessNow(this.#roots, daemon.pid);
      if (alive?.startTicks !== daemon.startTicks) this.#daemons.delete(daemon.pid);
      else unseen += this.#lookAtChildren(daemon, alive, now, began, ended);
    }
    return { began, ended, unseen };
  }

  /** After each look of the table of OS processes there may be other daemons. */
  #findDaemons(): void {
    if (this.#table.last === this.#daemonsFoundIn) return;
    this.#daemonsFoundIn = this.#table.last;
    for (const { pid, startTicks, name } of findDaemons(this.#table.byPid, this.#ownUser)) {
      if (this.#daemons.get(pid)?.startTicks === startTicks) continue;
      const now = readProcessNow(this.#roots, pid);
      if (now?.startTicks !== startTicks) continue;
      const { waitedTicks, waitedFaults } = now;
      this.#daemons.set(pid, { pid, startTicks, name, waitedTicks, waitedFaults, branches: new Map() });
    }
  }

  #endedJobs(now: Micros): EndedJob[] {
    const ended: EndedJob[] = [];
    for (const job of this.jobs.values()) {
      const seen = readProcessNow(this.#roots, job.pid);
      if (seen?.startTicks === job.startTicks && !seen.ended) {
        job.lastSeenAt = now;
        if (now - job.startedAt < membersFor) this.#addMembers(job);
      } else {
        const isZombie = seen?.startTicks === job.startTicks;
        ended.push({ job, exitCode: isZombie ? this.#exitCode(job.pid, seen) : null, cpuSeconds: null });
        this.jobs.delete(job.id);
      }
    }
    return ended;
  }

  #addMembers({ pid, members }: WatchedJob): void {
    const parents = [pid];
    for (const parent of parents)
      for (const child of this.#childrenOf(parent)) {
        if (parents.length >= mostMembers || members.size >= mostMembers) return;
        parents.push(child);
        members.add(child);
      }
  }

  /** The kernel shows others 0 for what it keeps back. */
  #exitCode(pid: number, { exitStatus }: ProcessNow): number | null {
    if (exitStatus === null) return null;
    const isAllowed = this.#ownUser === 0 || readOwner(this.#roots, pid) === this.#ownUser;
    return exitStatus !== 0 || isAllowed ? exitCodeOf(exitStatus) : null;
  }

  /** Answers how many jobs were not seen. */
  #lookAtChildren(
    daemon: Daemon,
    alive: ProcessNow,
    now: Micros,
    began: WatchedJob[],
    ended: readonly EndedJob[],
  ): number {
    const { branches } = daemon;
    const children = new Set(this.#childrenOf(daemon.pid));
    const gone = [...branches].filter(([pid]) => !children.has(pid));
    for (const [pid] of gone) branches.delete(pid);
    const waited = alive.waitedFaults > daemon.waitedFaults;
    if (waited && gone.length === 1) {
      const last = ended.find(({ job }) => job.id === gone[0]![1].jobId);
      const { ticksPerSecond } = this.#table.kernel;
      if (last) last.cpuSeconds = (alive.waitedTicks - daemon.waitedTicks) / ticksPerSecond;
    }
    daemon.waitedTicks = alive.waitedTicks;
    daemon.waitedFaults = alive.waitedFaults;
    let unseen = waited && gone.length === 0 ? 1 : 0;
    for (const pid of children) {
      const job = this.#newJob(daemon, pid, now);
      if (!job || this.jobs.has(job.id)) continue;
      if (this.jobs.size >= mostJobs) unseen++;
      else {
        this.jobs.set(job.id, job);
        began.push(job);
      }
    }
    return unseen;
  }

  #newJob(daemon: Daemon, pid: number, now: Micros): WatchedJob | null {
    const known = daemon.branches.get(pid);
    if (known?.jobId) return null;
    const child = readProcessNow(this.#roots, pid);
    if (!child || child.parentPid !== daemon.pid) return null;
    const branch =
      known?.startTicks === child.startTicks ? known : { startTicks: child.startTicks, jobId: null };
    daemon.branches.set(pid, branch);
    const job = isFork(child, daemon) ? this.#firstProgram(pid, daemon, now) : this.#jobOf(pid, daemon, now);
    if (job) branch.jobId = job.id;
    return job;
  }

  /** The oldest of a fork's children that became a program; cron's forks may lie between. */
  #firstProgram(pid: number, daemon: Daemon, now: Micros, depth = 3): WatchedJob | null {
    if (depth === 0) return null;
    for (const child of this.#childrenOf(pid)) {
      const seen = readProcessNow(this.#roots, child);
      if (!seen || seen.ended) continue;
      const job = isFork(seen, daemon)
        ? this.#firstProgram(child, daemon, now, depth - 1)
        : this.#jobOf(child, daemon, now);
      if (job) return job;
    }
    return null;
  }

  #jobOf(pid: number, daemon: Daemon, now: Micros): WatchedJob | null {
    if (this.#ancestors.has(pid)) return null;
    const process = this.#table.seeNow(pid);
    const words = readArguments(this.#roots, pid);
    // Between its fork and its program, or ended: it has no command line of its own.
    if (!process || isDaemonName(process.name) || words.length === 0) return null;
    const { name, isMailer, recordsItself } = readJob(words, daemon.name === "atd" ? "at job" : "cron job");
    if (isMailer) return null;
    return {
      id: `cron-${this.#table.uidOf(process)}`,
      pid,
      startTicks: process.startTicks,
      startedAt: this.#table.startedAt(process),
      process: name,
      user: this.#table.userOf(process),
      lastSeenAt: now,
      recordsItself,
      members: new Set(),
    };
  }

  /** In the order in which they started. */
  #childrenOf(pid: number): number[] {
    const children = readChildren(this.#roots, pid);
    if (children) return children;
    // A kernel without that file: as of the last look at all processes.
    const known = [...this.#table.byPid.values()].filter(({ parentPid }) => parentPid === pid);
    return known.toSorted((one, other) => one.startTicks - other.startTicks).map((each) => each.pid);
  }
}

/** Not yet a program of its own. */
function isFork(process: ProcessNow, daemon: Daemon): boolean {
  return process.name === daemon.name;
}

/** A process and all above it: the agent is no job to watch, though cron may have started it. */
function ancestorsOf(roots: Roots, pid: number): Set<number> {
  const ancestors = new Set<number>();
  let at = pid;
  while (at > 1 && !ancestors.has(at)) {
    ancestors.add(at);
    at = readProcessNow(roots, at)?.parentPid ?? 0;
  }
  return ancestors;
}
