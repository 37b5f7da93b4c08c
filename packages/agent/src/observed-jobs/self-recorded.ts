/** Runs that recorders told of lately, and the processes they belong to: a job that records itself is not told twice. */
import { microsPerSecond, parseInstant, type ExecutionInput, type Micros } from "@culprit/protocol";
import { readText } from "../read-text.ts";
import type { Roots } from "../roots.ts";
import { readProcessNow } from "./cron-processes.ts";
import type { WatchedJob } from "./cron-watch.ts";

/** `above`: the process of a run that goes on and all above it; `unit`: systemd's, in which it goes on. */
type Recorded = {
  pid: number;
  user: unknown;
  startedAt: Micros;
  above: { pid: number; startTicks: number }[];
  unit: string | null;
  notedAt: Micros;
};

const mostRuns = 5000;
const keptFor = 60 * microsPerSecond;
const deepest = 40;
/** Start times of the kernel and of files differ by this. */
const slack = 2 * microsPerSecond;

export class SelfRecordedRuns {
  readonly #runs = new Map<string, Recorded>();
  /** By each process that they belong to. */
  readonly #byPid = new Map<number, Set<Recorded>>();
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** The process of a run that goes on must be known to be its recorder's own. */
  note({ id, pid, startedAt, outcome, attributes }: ExecutionInput, now: Micros): void {
    if (id === undefined || pid === undefined || this.#runs.has(id)) return;
    this.#forget(now);
    const isRunning = outcome === "running";
    const run = {
      pid,
      user: attributes?.["user"],
      startedAt: parseInstant(startedAt)!,
      above: isRunning ? this.#above(pid) : [],
      unit: isRunning ? this.#unitOf(pid) : null,
      notedAt: now,
    };
    this.#runs.set(id, run);
    for (const each of pidsOf(run)) this.#byPid.set(each, (this.#byPid.get(each) ?? new Set()).add(run));
  }

  /** When a run began to be recorded that belongs to this job; null if none did. */
  startIn(job: WatchedJob): Micros | null {
    let first: Micros | null = null;
    for (const pid of [job.pid, ...job.members])
      for (const run of this.#byPid.get(pid) ?? [])
        if (belongs(run, job) && (first === null || run.startedAt < first)) first = run.startedAt;
    return first;
  }

  /** Whether a run was recorded in this run of a unit. */
  ranIn(unit: { unit: string; pid: number | null; user: string; startedAt: Micros }): boolean {
    for (const run of this.#runs.values()) {
      const isIn = run.unit === unit.unit || (run.pid === unit.pid && mayTell(run, unit));
      if (isIn && run.startedAt >= unit.startedAt - slack) return true;
    }
    return false;
  }

  #unitOf(pid: number): string | null {
    try {
      const groups = readText(`${this.#roots.proc}/${pid}/cgroup`);
      return /\/([^/\n]+\.service)(?:\/|$)/m.exec(groups)?.[1] ?? null;
    } catch {
      return null; // it has ended, or may not be known
    }
  }

  #above(pid: number): Recorded["above"] {
    const above: Recorded["above"] = [];
    let at = pid;
    while (at > 1 && above.length < deepest) {
      const process = readProcessNow(this.#roots, at);
      if (!process) break;
      above.push({ pid: at, startTicks: process.startTicks });
      at = process.parentPid;
    }
    return above;
  }

  #forget(now: Micros): void {
    for (const [id, run] of this.#runs) {
      if (this.#runs.size < mostRuns && now - run.notedAt < keptFor) return;
      this.#runs.delete(id);
      for (const pid of pidsOf(run)) {
        const others = this.#byPid.get(pid);
        others?.delete(run);
        if (others?.size === 0) this.#byPid.delete(pid);
      }
    }
  }
}

function pidsOf({ pid, above }: Recorded): Set<number> {
  return new Set([pid, ...above.map((each) => each.pid)]);
}

/** The process has gone, and anybody may name its number: nobody hides a job of another user. */
function mayTell({ user }: Pick<Recorded, "user">, job: { user: string }): boolean {
  return user === job.user || user === "root";
}

function belongs({ pid, user, startedAt, above }: Recorded, job: WatchedJob): boolean {
  if (above.some((one) => one.pid === job.pid && one.startTicks === job.startTicks)) return true;
  if (pid !== job.pid && !job.members.has(pid)) return false;
  if (!mayTell({ user }, job)) return false;
  return startedAt >= job.startedAt - slack && startedAt <= job.lastSeenAt + slack;
}
