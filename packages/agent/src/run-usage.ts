/**
 * What running executions use, followed by their process trees and control groups: on the looks of the table of OS
 * processes, and between them by looks at their own processes alone, often while a run is young, so that short runs are
 * seen and the time after the last look is a small part of each.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "./clock.ts";
import type { Moment } from "./collector.ts";
import { FollowedRun, type ExactSums, type Usage } from "./followed-run.ts";
import { readChildren } from "./observed-jobs/cron-processes.ts";
import type { OsProcess } from "./os-processes/os-process.ts";
import type { OsProcessTable } from "./os-processes/os-process-table.ts";
import { pause } from "./pause.ts";
import type { Roots } from "./roots.ts";

export type { ExactSums, Usage } from "./followed-run.ts";

const maxRuns = 2000;
/** A run is looked at again after this share of its age, until looks of the whole table come as often. */
const ageShare = 0.03;
const shortestStepSeconds = 0.05;
const longestStepSeconds = 4;
/** Of trees that are larger, and of more processes at once, looks of the whole table must do. */
const closeMembers = 100;
const closeMembersAtOnce = 500;
/** New processes whose environment is looked at, in one look. */
const environmentsRead = 100;

type Followed = { run: FollowedRun; nextLookAt: Micros };

export class RunUsage {
  readonly #table: OsProcessTable;
  readonly #roots: Roots;
  readonly #clock: Clock;
  readonly #runs = new Map<string, Followed>();
  #wake = () => {};

  constructor(options: { table: OsProcessTable; roots: Roots; clock: Clock }) {
    this.#table = options.table;
    this.#roots = options.roots;
    this.#clock = options.clock;
  }

  /** How many began after an instant and are followed. */
  underWay(startedAfter: Micros): number {
    return [...this.#runs.values()].filter(({ run }) => run.startedAt >= startedAfter).length;
  }

  /** Starts to follow an execution by the pid of its first process. */
  track(executionId: string, pid: number, startedAt: Micros): void {
    if (this.#runs.has(executionId)) return;
    if (this.#runs.size >= maxRuns) this.#forgetOldest();
    const run = new FollowedRun({ pid, startedAt, table: this.#table, roots: this.#roots });
    this.#runs.set(executionId, { run, nextLookAt: this.#clock.now() });
    this.#adoptStrays([...this.#table.byPid.values()].filter((process) => run.startedWith(process)));
    this.#wake();
  }

  /**
   * Looks a last time and stops following; null if the run was not tracked or no process of it was ever seen.
   * `exact`: the sums that the run's recorder knows. They tell what it used after the last look, when nobody saw it; what
   * processes used that the recorder could not wait for is added.
   */
  finish(executionId: string, endedAt: Micros = this.#clock.now(), exact: ExactSums = {}): Usage | null {
    const followed = this.#runs.get(executionId);
    this.#runs.delete(executionId);
    return followed?.run.finish(endedAt, this.#clock.now(), exact) ?? null;
  }

  /** After each look of the table. */
  observe({ at }: Moment): void {
    if (this.#runs.size === 0) return;
    const children = this.#children();
    const childrenOf = (pid: number) => children.get(pid) ?? [];
    for (const { run } of this.#runs.values()) run.adopt(childrenOf);
    this.#adoptStrays(this.#newProcesses());
    for (const { run } of this.#runs.values()) run.measure(at);
  }

  /** Looks between those of the table, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new AbortController();
      const end = () => woken.abort();
      this.#wake = end;
      signal.addEventListener("abort", end);
      await pause(this.#clock, this.lookCloser(), woken.signal);
      signal.removeEventListener("abort", end);
    }
  }

  /** Looks at the runs that are due, and answers in how many seconds the next one is. */
  lookCloser(): number {
    const now = this.#clock.now();
    let next = now + longestStepSeconds * microsPerSecond;
    const due: Followed[] = [];
    for (const followed of this.#runs.values()) {
      const stepSeconds = this.#stepSeconds(followed.run, now);
      if (stepSeconds === null) continue;
      if (followed.nextLookAt <= now) {
        due.push(followed);
        followed.nextLookAt = now + Math.round(stepSeconds * microsPerSecond);
      }
      next = Math.min(next, followed.nextLookAt);
    }
    this.#lookAt(due, now);
    return Math.max(shortestStepSeconds, (next - now) / microsPerSecond);
  }

  /** Null where looks of the whole table must do. */
  #stepSeconds({ tree, startedAt }: FollowedRun, now: Micros): number | null {
    if (!tree || tree.hasEnded || tree.size > closeMembers) return null;
    const seconds = Math.max(shortestStepSeconds, ((now - startedAt) / microsPerSecond) * ageShare);
    return seconds > longestStepSeconds ? null : seconds;
  }

  #lookAt(due: readonly Followed[], now: Micros): void {
    if (due.length === 0) return;
    let members = 0;
    const looked = due.filter(({ run }) => (members += run.tree?.size ?? 0) <= closeMembersAtOnce);
    for (const { run } of looked) run.adopt((pid) => this.#childrenNow(pid));
    this.#adoptStrays(this.#newChildrenOfInit());
    for (const { run } of looked) run.measure(now);
  }

  /** Those that a recorder started and that left its tree before anybody looked, as daemons do at once. */
  #adoptStrays(news: Iterable<OsProcess>): void {
    let left = environmentsRead;
    const followed = [...this.#runs.values()];
    for (const process of news) {
      if (process.kernelThread || followed.some(({ run }) => run.tree?.has(process))) continue;
      if (left-- === 0) return;
      const id = this.#table.runIdOf(process);
      const root = id === null ? null : this.#runs.get(id)?.run.tree?.root;
      // Anybody may put an id into a process of their own.
      if (!root || root.owner !== process.owner) continue;
      for (const { run } of followed)
        if (run.tree?.has(root) && run.startedWith(process)) run.tree.add(process);
    }
  }

  /** Of the last look. */
  *#newProcesses(): Iterable<OsProcess> {
    for (const process of this.#table.byPid.values()) if (this.#table.isNew(process)) yield process;
  }

  /** What is left alone comes to init. */
  *#newChildrenOfInit(): Iterable<OsProcess> {
    for (const pid of readChildren(this.#roots, 1) ?? []) {
      const process = this.#table.byPid.has(pid) ? null : this.#table.seeNow(pid);
      if (process) yield process;
    }
  }

  #childrenNow(pid: number): OsProcess[] {
    return (readChildren(this.#roots, pid) ?? []).flatMap((child) => this.#table.seeNow(child) ?? []);
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
