/**
 * Records the services that timers of systemd start, from systemd's own account of them: one `systemctl show` of these
 * services in each interval, none where there is no timer. A run's id is made of its invocation, so that it counts once
 * however often it is told.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import {
  cleanName,
  formatInstant,
  microsPerSecond,
  type ExecutionInput,
  type ExecutionOutcome,
  type Micros,
} from "@culprit/protocol";
import { readBootedAt, readBootId } from "../boot.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { Roots } from "../roots.ts";
import { SpoolFullError } from "../spool/lane.ts";
import type { Spool } from "../spool/spool.ts";
import { readJob } from "../observed-jobs/job-name.ts";
import type { SelfRecordedRuns } from "../observed-jobs/self-recorded.ts";
import { parseUnits, runOf, runProperties, startedByTimers, type UnitRun } from "./parse-units.ts";
import { showUnits } from "./systemctl.ts";

export type ObservedUnitsOptions = {
  spool: Pick<Spool, "appendExecutions">;
  recorded: SelfRecordedRuns;
  roots: Roots;
  clock: Clock;
  log: Log;
  /** Injectable: the program, and where systemd shows that it runs the machine and keeps its timers. */
  systemctl?: string;
  marker?: string;
  timerFolders?: readonly string[];
};

type Known = { id: string; announced: Micros | null; told: boolean; recordsItself: boolean };

const intervalSeconds = 30;
const timersEvery = 10 * 60 * microsPerSecond;
const announceAfter = 10 * microsPerSecond;
/** Runs of before the agent's time. */
const notOlderThan = 7 * 86_400 * microsPerSecond;
const mostServices = 300;
const systemFolders = [
  "/etc/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
  "/run/systemd/system",
  "/run/systemd/transient",
  "/run/systemd/generator",
];

export class ObservedUnits {
  readonly #options: Required<ObservedUnitsOptions>;
  readonly #known = new Map<string, Known>();
  #services: string[] = [];
  #timersReadAt = Number.NEGATIVE_INFINITY;
  #fails = false;

  constructor(options: ObservedUnitsOptions) {
    this.#options = {
      systemctl: "systemctl",
      marker: "/run/systemd/system",
      timerFolders: systemFolders,
      ...options,
    };
  }

  /** Runs until `signal` is aborted. Rejects only if the spool fails for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, marker } = this.#options;
    if (!existsSync(marker)) return;
    while (!signal.aborted) {
      const isFirst = this.#services.length === 0;
      try {
        await this.look();
        this.#fails = false;
      } catch (error) {
        if (!(error instanceof SpoolFullError) && !isOfSystemctl(error)) throw error;
        if (!this.#fails) log.warn(`units of systemd can't be observed now: ${error.message}`);
        this.#fails = true;
      }
      await pause(clock, isFirst && this.#services.length > 0 ? 1 : intervalSeconds, signal);
    }
  }

  async look(): Promise<void> {
    const { clock, systemctl } = this.#options;
    const readsTimers = clock.now() - this.#timersReadAt >= timersEvery;
    if (readsTimers && !this.#hasTimers()) return;
    const names = readsTimers ? ["*.timer", ...this.#services] : this.#services;
    if (names.length === 0) return;
    const properties = readsTimers ? ["Unit", ...runProperties] : runProperties;
    const units = parseUnits(await showUnits(systemctl, properties, names));
    if (readsTimers) {
      this.#timersReadAt = clock.now();
      this.#services = startedByTimers(units).slice(0, mostServices);
    }
    await this.#tell(units.map(runOf).filter((run) => run !== null));
  }

  #hasTimers(): boolean {
    return this.#options.timerFolders.some((folder) => {
      try {
        return readdirSync(folder).some((name) => name.endsWith(".timer"));
      } catch {
        return false;
      }
    });
  }

  async #tell(runs: readonly UnitRun[]): Promise<void> {
    const { clock, roots, spool } = this.#options;
    const now = clock.now();
    const bootedAt = readBootedAt(roots, now);
    const executions: ExecutionInput[] = [];
    const settle: (() => void)[] = [];
    for (const run of runs) {
      const id = idOf(run, roots);
      const startedAt = startOf(run, bootedAt);
      const before = this.#known.get(run.unit);
      if (before && before.id !== id && before.announced !== null && !before.told)
        executions.push(lostRun(run, before.id, before.announced, now));
      const known = before?.id === id ? before : newlyKnown(id, run);
      settle.push(() => this.#known.set(run.unit, known));
      known.recordsItself ||= this.#options.recorded.ranIn({ unit: run.unit, pid: run.mainPid, startedAt });
      if (known.told || (known.recordsItself && known.announced === null)) continue;
      const endedAt = run.endedAt === null ? null : startedAt + (run.endedAt - run.startedAt);
      if (endedAt === null) {
        if (known.announced !== null || now - startedAt < announceAfter) continue;
        executions.push(executionOf(run, id, startedAt, null));
        settle.push(() => (known.announced = startedAt));
      } else {
        if (now - endedAt < notOlderThan) executions.push(executionOf(run, id, startedAt, endedAt));
        settle.push(() => (known.told = true));
      }
    }
    if (executions.length > 0) await spool.appendExecutions(executions, []);
    for (const each of settle) each();
  }
}

function newlyKnown(id: string, { commands }: UnitRun): Known {
  // systemd joins arguments by spaces; a shell's word is told by its place only.
  const recordsItself = commands.some((command) => readJob(["sh", "-c", command], "").recordsItself);
  return { id, announced: null, told: false, recordsItself };
}

/** Without an invocation's id (before systemd 232) the start tells runs apart. */
function idOf({ unit, invocationId, startedAt }: UnitRun, roots: Roots): string {
  if (invocationId !== null) return `systemd-${invocationId}`;
  const digest = createHash("sha256")
    .update(`${readBootId(roots)} ${unit} ${startedAt}`)
    .digest("hex");
  return `systemd-${digest.slice(0, 32)}`;
}

/** The monotonic clock is finer than the text, but stands still while a machine sleeps. */
function startOf({ startedAt, startedText }: UnitRun, bootedAt: Micros): Micros {
  const byMonotonic = bootedAt + startedAt;
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(startedText);
  if (!match) return byMonotonic;
  const byText = Date.parse(`${match[1]}T${match[2]}Z`) * (microsPerSecond / 1000);
  return Math.abs(byMonotonic - byText) <= 2 * microsPerSecond ? byMonotonic : byText;
}

function executionOf(run: UnitRun, id: string, startedAt: Micros, endedAt: Micros | null): ExecutionInput {
  const { unit, user, mainPid, exitCode, result, cpuSeconds, maxRssBytes, ioReadBytes, ioWriteBytes } = run;
  const { name, cleaned } = cleanName(unit.replace(/\.service$/, ""));
  const told: ExecutionInput = {
    id,
    kind: "cron",
    process: name,
    startedAt: formatInstant(Math.round(startedAt)),
    ...(mainPid === null ? {} : { pid: mainPid }),
    attributes: { user: cleanName(user).name },
    flags: cleaned ? ["observed", "name-cleaned"] : ["observed"],
  };
  if (endedAt === null) return { ...told, outcome: "running" };
  return {
    ...told,
    endedAt: formatInstant(Math.round(endedAt)),
    outcome: outcomeOf(result),
    ...(exitCode === null ? {} : { exitCode }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(maxRssBytes === undefined ? {} : { maxRssBytes }),
    ...(ioReadBytes === undefined ? {} : { ioReadBytes }),
    ...(ioWriteBytes === undefined ? {} : { ioWriteBytes }),
  };
}

/** It was told as running, and the unit has been started again since. */
function lostRun(run: UnitRun, id: string, startedAt: Micros, now: Micros): ExecutionInput {
  const { attributes, flags, process, kind } = executionOf(run, id, startedAt, null);
  const endedAt = formatInstant(Math.max(startedAt, now - intervalSeconds * microsPerSecond));
  return {
    id,
    kind,
    process,
    startedAt: formatInstant(Math.round(startedAt)),
    endedAt,
    outcome: "lost",
    attributes,
    flags,
  };
}

function outcomeOf(result: string): ExecutionOutcome {
  if (result === "success") return "ok";
  return result === "timeout" ? "timeout" : "failed";
}

/** It is missing, failed, or did not answer. */
function isOfSystemctl(error: unknown): error is Error {
  return error instanceof Error && ("cmd" in error || "path" in error || "syscall" in error);
}
