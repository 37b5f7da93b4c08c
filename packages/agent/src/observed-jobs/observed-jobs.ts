/**
 * Records the jobs of cron that nobody records. A job is told as running once it has run for a while, and as ended a
 * little after its end, so that a recorder's own files, which may come late, go first: a job that records itself is left
 * to its recorder from then on.
 */
import { join } from "node:path";
import {
  formatInstant,
  microsPerSecond,
  type ExecutionFlag,
  type ExecutionInput,
  type Micros,
} from "@culprit/protocol";
import { readBootId } from "../boot.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { OsProcessTable } from "../os-processes/os-process-table.ts";
import { pause } from "../pause.ts";
import type { Roots } from "../roots.ts";
import type { ExactSums, Usage } from "../run-usage.ts";
import { SpoolFullError } from "../spool/lane.ts";
import type { Spool } from "../spool/spool.ts";
import { CronWatch, type EndedJob, type WatchedJob } from "./cron-watch.ts";
import { loadKeptJobs, saveKeptJobs, type KeptJobs } from "./kept-jobs.ts";
import type { SelfRecordedRuns } from "./self-recorded.ts";

export type ObservedJobsOptions = {
  dataDir: string;
  spool: Pick<Spool, "appendExecutions" | "count" | "recoveredSources">;
  runUsage: {
    track(executionId: string, pid: number, startedAt: Micros): void;
    finish(executionId: string, endedAt: Micros, exact: ExactSums): Usage | null;
  };
  recorded: SelfRecordedRuns;
  table: OsProcessTable;
  roots: Roots;
  clock: Clock;
  log: Log;
};

type Running = { job: WatchedJob; announced: boolean; told: boolean };
type Ended = { execution: ExecutionInput; job: WatchedJob | null; since: Micros };

const announceAfter = 10 * microsPerSecond;
const tellAfter = 3 * microsPerSecond;
/** A job that nobody looked at for longer may have ended at any time since: how long it took is not known. */
const unwatchedAfter = 15 * microsPerSecond;
/** Of a disk that is full. */
const mostEnded = 2000;
const saveEvery = 30 * microsPerSecond;

export class ObservedJobs {
  readonly #options: ObservedJobsOptions;
  readonly #path: string;
  readonly #watch: CronWatch;
  readonly #recorded: SelfRecordedRuns;
  readonly #running = new Map<string, Running>();
  readonly #bootId: string;
  /** Ids of jobs that ran when the kernel was started anew. */
  readonly #cutOff: ReadonlySet<string>;
  #ended: Ended[];
  #savedAt: Micros = 0;
  #diskIsFull = false;

  private constructor(options: ObservedJobsOptions, path: string, kept: KeptJobs) {
    const { roots, table, runUsage, spool, clock, recorded } = options;
    this.#options = options;
    this.#path = path;
    this.#recorded = recorded;
    const isIn = (source: string) => spool.recoveredSources.has(source);
    const running = kept.running.filter(({ id }) => !isIn(endOf(id)));
    this.#bootId = readBootId(roots);
    this.#cutOff = new Set(kept.bootId === this.#bootId ? [] : running.map(({ id }) => id));
    const jobs = running.map((job) => ({ ...job, members: new Set<number>() }));
    this.#watch = new CronWatch({ roots, table, jobs });
    for (const [index, job] of jobs.entries()) {
      const { announced, told } = running[index]!;
      this.#running.set(job.id, { job, told, announced: announced || isIn(runningOf(job.id)) });
      runUsage.track(job.id, job.pid, job.startedAt);
    }
    const untold = kept.ended.filter(({ id }) => !isIn(endOf(id!)));
    this.#ended = untold.map((execution) => ({ execution, job: null, since: clock.now() }));
  }

  static async open(options: ObservedJobsOptions): Promise<ObservedJobs> {
    const path = join(options.dataDir, "observed-jobs.json");
    return new ObservedJobs(options, path, await loadKeptJobs(path));
  }

  /** Runs until `signal` is aborted. Rejects only if the spool fails for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.look();
        this.#diskIsFull = false;
      } catch (error) {
        if (!(error instanceof SpoolFullError)) throw error;
        if (!this.#diskIsFull) log.warn("the disk is full: jobs of cron wait to be told");
        this.#diskIsFull = true;
      }
      await pause(clock, this.#secondsToNextLook(), signal);
    }
    await this.#save();
  }

  async look(): Promise<void> {
    const now = this.#options.clock.now();
    const { began, ended, unseen } = this.#watch.look(now);
    if (unseen > 0) this.#options.spool.count("cron-job-unseen", unseen);
    for (const job of began) {
      this.#options.runUsage.track(job.id, job.pid, job.startedAt);
      const announced = this.#options.spool.recoveredSources.has(runningOf(job.id));
      this.#running.set(job.id, { job, announced, told: false });
    }
    for (const one of ended) this.#end(one, now);
    for (const running of this.#running.values()) this.#leaveToRecorder(running, now);
    const changed = began.length + ended.length > 0;
    if (changed || (this.#running.size > 0 && now - this.#savedAt >= saveEvery)) await this.#save();
    await this.#tell(now);
  }

  #end({ job, exitCode, cpuSeconds }: EndedJob, now: Micros): void {
    const running = this.#running.get(job.id);
    this.#running.delete(job.id);
    if (!running || running.told) return;
    const isWatched = now - job.lastSeenAt <= unwatchedAfter;
    const endedAt = isWatched ? Math.round((job.lastSeenAt + now) / 2) : job.lastSeenAt;
    const usage = this.#options.runUsage.finish(job.id, endedAt, cpuSeconds === null ? {} : { cpuSeconds });
    if (job.recordsItself) return;
    const told = executionOf(job, endedAt);
    const outcome = this.#cutOff.has(job.id) ? "lost" : exitCode ? "failed" : "ok";
    const execution: ExecutionInput = {
      ...told,
      ...(isWatched ? {} : { flags: [...(told.flags ?? []), "duration-unknown"] }),
      ...(cpuSeconds === null ? {} : { cpuSeconds }),
      ...usage,
      ...(exitCode === null ? {} : { exitCode }),
      outcome,
    };
    this.#ended.push({ execution, job: running.announced ? null : job, since: now });
    if (this.#ended.length > mostEnded && this.#ended.shift()) this.#options.spool.count("disk-full", 1);
  }

  /** Where a recorder tells of a job, what was told before ends where its record begins. */
  #leaveToRecorder(running: Running, now: Micros): void {
    if (running.told) return;
    const recordedFrom = this.#recorded.startIn(running.job);
    if (recordedFrom === null && !running.job.recordsItself) return;
    running.told = true;
    const endedAt = recordedFrom ?? running.job.startedAt;
    const usage = this.#options.runUsage.finish(running.job.id, endedAt, {});
    if (!running.announced) return;
    const execution = { ...executionOf(running.job, endedAt), ...usage, outcome: "ok" as const };
    this.#ended.push({ execution, job: null, since: now });
  }

  async #tell(now: Micros): Promise<void> {
    const due = this.#ended.filter(({ since }) => now - since >= tellAfter);
    const ended = due.filter(({ job }) => job === null || this.#recorded.startIn(job) === null);
    const announced = [...this.#running.values()].filter(
      ({ job, announced, told }) => !announced && !told && now - job.startedAt >= announceAfter,
    );
    if (ended.length + announced.length > 0) {
      await this.#options.spool.appendExecutions(
        [...ended.map(({ execution }) => execution), ...announced.map(({ job }) => executionOf(job, null))],
        [
          ...ended.map(({ execution }) => endOf(execution.id!)),
          ...announced.map(({ job }) => runningOf(job.id)),
        ],
      );
      for (const running of announced) running.announced = true;
    }
    if (due.length === 0 && announced.length === 0) return;
    this.#ended = this.#ended.filter((one) => !due.includes(one));
    await this.#save();
  }

  /** Closely when cron starts jobs, then by the age of the youngest: an end is known to a twentieth of what a job took. */
  #secondsToNextLook(): number {
    if (!this.#watch.hasDaemons && this.#running.size === 0) return 1;
    const now = this.#options.clock.now();
    const second = (now / microsPerSecond) % 60;
    if (second < 2) return 0.05;
    let youngest = Infinity;
    for (const { job, told } of this.#running.values())
      if (!told) youngest = Math.min(youngest, (now - job.startedAt) / microsPerSecond);
    return Math.min(Math.max(0.1, youngest / 10), 1, 60 - second + 0.01);
  }

  async #save(): Promise<void> {
    this.#savedAt = this.#options.clock.now();
    const running = [...this.#running.values()].map(({ job, announced, told }) => {
      const { members: _, ...kept } = job;
      return { ...kept, announced, told };
    });
    const ended = this.#ended.map(({ execution }) => execution);
    // The next look tries again; what is lost with it is the end of jobs that end while there is no agent.
    await saveKeptJobs(this.#path, { bootId: this.#bootId, ended, running }).catch(() => undefined);
  }
}

/** Stand in the spool for what was told of a job. */
const runningOf = (id: string) => `${id} runs`;
const endOf = (id: string) => `${id} ended`;

function executionOf(job: WatchedJob, endedAt: Micros | null): ExecutionInput {
  const flags: ExecutionFlag[] = ["observed"];
  // Within a tick of the kernel a job may seem to end before it starts; by more only if the clock was set back.
  if (endedAt !== null && endedAt < job.startedAt - microsPerSecond) flags.push("clock-skew");
  return {
    id: job.id,
    kind: "cron",
    process: job.process,
    pid: job.pid,
    startedAt: formatInstant(job.startedAt),
    ...(endedAt === null
      ? { outcome: "running" }
      : { endedAt: formatInstant(Math.max(job.startedAt, endedAt)) }),
    attributes: { user: job.user },
    flags,
  };
}
