/**
 * Decides what the files of one run mean now: it ended, it runs (told once it has run for a while, so that short runs
 * are told once), it is lost (its recorder has gone without an end), or its files can't be taken.
 */
import { join } from "node:path";
import { microsPerSecond, parseInstant, type ExecutionInput, type Micros } from "@culprit/protocol";
import type { UserNames } from "../os-processes/user-names.ts";
import type { ExactSums, Usage } from "../run-usage.ts";
import { parseIntake } from "./format.ts";
import type { JobProcesses } from "./job-process.ts";
import type { OpenRun } from "./open-runs.ts";
import { readIntakeFile } from "./read-file.ts";
import { readRun, type RunFile } from "./read-run.ts";

/** All names of one key in the folder. */
export type RunFiles = { key: string; starts: string[]; ends: string[] };

type WholeFile = RunFile & { name: string; bytes: Buffer; changedAt: Micros };

export type RunUsageFollower = {
  track(executionId: string, pid: number, startedAt: Micros): void;
  finish(executionId: string, endedAt: Micros, exact: ExactSums): Usage | null;
};

/** What to append; `remove` are the files that it makes superfluous. */
export type Finding = { key: string; execution: ExecutionInput; remove: string[]; source: string[] };

export type RunsInFolderOptions = {
  folder: string;
  runUsage: RunUsageFollower;
  processes: JobProcesses;
  users: UserNames;
  now: () => Micros;
  /** Hears of runs that have ended, and of those that go on in a process of their recorder. */
  onRun: (execution: ExecutionInput) => void;
  refuse: (name: string, bytes: Buffer | null, reason: string) => Promise<void>;
  /** Hears, at each look, of files that this agent's user may not read. */
  onUnreadable: (name: string) => void;
  /** Announced or ended runs of which the spool holds the record already. */
  openRuns: Map<string, OpenRun>;
};

const announceAfter = 5 * microsPerSecond;
const lostAfter = 3 * microsPerSecond;
/** Files are written at once; empty ones, too, are junk by then. */
const incompleteFor = 60 * microsPerSecond;
/** A start without a pid tells nothing of its process. */
const lostWithoutPidAfter = 7 * 86_400 * microsPerSecond;

export class RunsInFolder {
  readonly #options: RunsInFolderOptions;
  readonly #tracked = new Set<string>();
  readonly #goneSince = new Map<string, Micros>();
  readonly #usage = new Map<string, Usage>();
  /** Of runs that go on: the id of each key, and the user of each id. */
  readonly #ids = new Map<string, string>();
  readonly #owners = new Map<string, number>();

  constructor(options: RunsInFolderOptions) {
    this.#options = options;
  }

  /** Null unless a whole end file is there. */
  async ended({ key, starts, ends }: RunFiles, startsOf: (key: string) => string[]): Promise<Finding | null> {
    const whole = await this.#readWhole(ends);
    if (whole.length === 0) return null;
    const start = await this.#readStart(starts);
    const end = whole.find(({ owner }) => !start || owner === start.owner);
    for (const { name, bytes, owner } of whole)
      if (end && owner !== end.owner) await this.#refuse(name, bytes, "the end of another user's run");
    if (!end) {
      for (const { name, bytes } of whole) await this.#refuse(name, bytes, "the end of another user's run");
      return null;
    }
    const read = readRun(key, start, end, this.#userOf(end));
    if ("error" in read) {
      for (const name of [...starts, ...ends]) await this.#refuse(name, end.bytes, read.error);
      return null;
    }
    const id = read.execution.id!;
    if (id !== key && (await this.#isOfAnother(id, end.owner, startsOf(id)))) {
      for (const name of [...starts, ...ends])
        await this.#refuse(name, end.bytes, "the id of another user's run");
      return null;
    }
    return this.#finding(key, read.execution, [...starts, ...ends]);
  }

  /** Ids of running jobs can be read in the folder by all: who tells such a run's end must be its user. */
  async #isOfAnother(id: string, owner: number, starts: readonly string[]): Promise<boolean> {
    const known = this.#owners.get(id) ?? (await this.#readStart(starts))?.owner;
    return known !== undefined && known !== owner;
  }

  /** What there is to tell of a run without an end; mostly nothing. It is lost only if its end is surely not there. */
  async goingOn({ key, starts, ends }: RunFiles, listIsWhole: boolean): Promise<Finding | null> {
    const { now, openRuns } = this.#options;
    const start = await this.#readStart(starts);
    if (!start) return null;
    const read = readRun(key, start, null, this.#userOf(start));
    const error =
      "error" in read
        ? read.error
        : (await this.#isOfAnother(read.execution.id!, start.owner, []))
          ? "the id of another user's run"
          : null;
    if ("error" in read || error !== null) {
      for (const name of [...starts, ...ends]) await this.#refuse(name, start.bytes, error ?? "");
      return null;
    }
    const { execution } = read;
    this.#owners.set(execution.id!, start.owner);
    this.#ids.set(key, execution.id!);
    const run = this.#openRun(key, start, execution);
    if (run.startTicks !== null) this.#options.onRun(execution);
    if (listIsWhole && this.#isGone(key, run, execution)) {
      const end = { run: { outcome: "lost" }, modifiedAt: run.lastSeenAt, owner: start.owner };
      const lost = readRun(key, start, end, this.#userOf(start));
      return "error" in lost ? null : this.#finding(key, lost.execution, [...starts, ...ends]);
    }
    openRuns.set(key, run);
    const isYoung = now() - startOf(execution) < announceAfter;
    if (run.announced || isYoung || this.#goneSince.has(key)) return null;
    return { key, execution, remove: [], source: [announcement(key)] };
  }

  /** The finding is in the spool. */
  settled({ key, execution }: Finding): void {
    const run = this.#options.openRuns.get(key);
    if (execution.outcome === "running") {
      if (run) run.announced = true;
    } else this.forget(key);
  }

  /** Its files are gone. */
  forget(key: string): void {
    this.#options.openRuns.delete(key);
    this.#tracked.delete(key);
    this.#goneSince.delete(key);
    this.#usage.delete(key);
    const id = this.#ids.get(key);
    if (id !== undefined) this.#owners.delete(id);
    this.#ids.delete(key);
  }

  #finding(key: string, execution: ExecutionInput, files: string[]): Finding {
    this.#options.onRun(execution);
    const usage =
      this.#usage.get(key) ??
      this.#options.runUsage.finish(execution.id!, parseInstant(execution.endedAt!)!, execution);
    // Kept until the finding is settled: it can be asked for only once.
    if (usage) this.#usage.set(key, usage);
    return { key, execution: withUsage(execution, usage), remove: files, source: files };
  }

  #openRun(key: string, start: RunFile, { id, pid, startedAt }: ExecutionInput): OpenRun {
    const { openRuns, processes, runUsage } = this.#options;
    const run = openRuns.get(key) ?? { announced: false, lastSeenAt: start.modifiedAt, startTicks: null };
    if (pid === undefined || this.#tracked.has(key)) return run;
    this.#tracked.add(key);
    const writer = processes.writerOf({ pid, owner: start.owner, writtenAt: start.modifiedAt });
    run.startTicks = writer?.startTicks ?? null;
    if (writer) runUsage.track(id!, pid, parseInstant(startedAt)!);
    return run;
  }

  /** True once its process has been missing for a while, in which its end file could have become whole. */
  #isGone(key: string, run: OpenRun, execution: ExecutionInput): boolean {
    const now = this.#options.now();
    const { pid } = execution;
    if (pid === undefined) return now - startOf(execution) > lostWithoutPidAfter;
    if (run.startTicks !== null && this.#options.processes.isAlive(pid, run.startTicks)) {
      run.lastSeenAt = now;
      this.#goneSince.delete(key);
      return false;
    }
    const since = this.#goneSince.get(key) ?? now;
    this.#goneSince.set(key, since);
    return now - since >= lostAfter;
  }

  /** The start that was there first: names are seen by all, so others may have put more of them beside it. */
  async #readStart(names: readonly string[]): Promise<WholeFile | null> {
    const [first, ...others] = (await this.#readWhole(names)).toSorted((a, b) => a.changedAt - b.changedAt);
    for (const { name, bytes, owner } of others)
      if (owner !== first!.owner) await this.#refuse(name, bytes, "the start of another user's run");
    return first ?? null;
  }

  /** The files that are whole; bad ones and those that stay incomplete are refused. */
  async #readWhole(names: readonly string[]): Promise<WholeFile[]> {
    const whole: WholeFile[] = [];
    for (const name of names) {
      const file = readIntakeFile(join(this.#options.folder, name));
      if ("gone" in file) continue;
      if ("unreadable" in file) {
        this.#options.onUnreadable(name);
        continue;
      }
      if ("refused" in file) {
        await this.#refuse(name, null, file.refused);
        continue;
      }
      const parsed = parseIntake(file.bytes);
      if ("run" in parsed) whole.push({ ...file, name, run: parsed.run });
      else if ("error" in parsed) await this.#refuse(name, file.bytes, parsed.error);
      else if (this.#options.now() - file.modifiedAt > incompleteFor)
        await this.#refuse(name, file.bytes, "incomplete");
    }
    return whole;
  }

  #refuse(name: string, bytes: Buffer | null, reason: string): Promise<void> {
    return this.#options.refuse(name, bytes, reason);
  }

  #userOf({ owner }: RunFile): string {
    return this.#options.users.nameOf(owner);
  }
}

/** What the recorder tells goes first, but for sums, which the usage has with what the recorder could not wait for. */
function withUsage(execution: ExecutionInput, usage: Usage | null): ExecutionInput {
  const { cpuSeconds, ioReadBytes, ioWriteBytes } = usage ?? {};
  return {
    ...usage,
    ...execution,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(ioReadBytes === undefined ? {} : { ioReadBytes }),
    ...(ioWriteBytes === undefined ? {} : { ioWriteBytes }),
  };
}

/** Stands in the spool for "this run was told as running". */
export function announcement(key: string): string {
  return `${key} runs`;
}

function startOf({ startedAt }: ExecutionInput): Micros {
  return parseInstant(startedAt)!;
}
