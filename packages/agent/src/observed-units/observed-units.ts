/**
 * Records the services that timers of systemd start, and those that the settings name, from systemd's own account of
 * them: one `systemctl show` of these in each interval, none where there are none. A run's id is made of its invocation, so that it counts once
 * however often it is told.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  cleanName,
  formatInstant,
  microsPerSecond,
  parseInstant,
  type ExecutionInput,
  type ExecutionKind,
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
import { RunningUnits, type RunningUnit } from "./running-units.ts";
import { showUnits } from "./systemctl.ts";

export type ObservedUnitsOptions = {
  dataDir: string;
  spool: Pick<Spool, "appendExecutions">;
  recorded: SelfRecordedRuns;
  roots: Roots;
  clock: Clock;
  log: Log;
  /** Services that are observed although no timer starts them, by name or pattern. */
  services?: readonly string[];
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
  #running: RunningUnits | null = null;
  #timersReadAt = Number.NEGATIVE_INFINITY;
  #fails = false;

  constructor(options: ObservedUnitsOptions) {
    this.#options = {
      systemctl: "systemctl",
      marker: "/run/systemd/system",
      timerFolders: systemFolders,
      services: [],
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
    const { clock, systemctl, services } = this.#options;
    const running = (this.#running ??= await this.#recall());
    const readsTimers = clock.now() - this.#timersReadAt >= timersEvery && this.#hasTimers();
    const names = [...(readsTimers ? ["*.timer"] : []), ...new Set([...this.#services, ...services])];
    if (names.length === 0) return;
    const properties = readsTimers ? ["Unit", ...runProperties] : runProperties;
    const units = parseUnits(await showUnits(systemctl, properties, names));
    if (readsTimers) {
      this.#timersReadAt = clock.now();
      this.#services = startedByTimers(units).slice(0, mostServices);
    }
    await this.#tell(
      units.map(runOf).filter((run) => run !== null),
      running,
    );
  }

  /** What the agent before this one told as running. */
  async #recall(): Promise<RunningUnits> {
    const { dataDir, roots, spool } = this.#options;
    const running = await RunningUnits.open(join(dataDir, "observed-units.json"), readBootId(roots));
    if (running.cutOff.length > 0) {
      await spool.appendExecutions(
        running.cutOff.map((one) => lostRun(one, true)),
        [],
      );
      await running.save();
    }
    for (const { unit, execution } of running.runs.values()) {
      const announced = parseInstant(execution.startedAt);
      this.#known.set(unit, { id: execution.id!, announced, told: false, recordsItself: false });
      // The others are among those that the settings name, or are no longer of interest.
      if (execution.kind === "cron") this.#services.push(unit);
    }
    return running;
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

  #kindOf({ unit }: UnitRun): ExecutionKind {
    return this.#services.includes(unit) ? "cron" : "job";
  }

  async #tell(runs: readonly UnitRun[], running: RunningUnits): Promise<void> {
    const { clock, roots, spool } = this.#options;
    const now = clock.now();
    const bootedAt = readBootedAt(roots, now);
    const executions: ExecutionInput[] = [];
    const began: RunningUnit[] = [];
    const settle: (() => void)[] = [];
    for (const run of runs) {
      const id = idOf(run, roots);
      const startedAt = startOf(run, bootedAt);
      const before = this.#known.get(run.unit);
      const cutOff = before && before.id !== id ? running.runs.get(before.id) : undefined;
      if (cutOff) {
        executions.push(lostRun(cutOff, now - cutOff.lastSeenAt > 2 * intervalSeconds * microsPerSecond));
        settle.push(() => running.runs.delete(cutOff.execution.id!));
      }
      const known = before?.id === id ? before : newlyKnown(id, run);
      settle.push(() => this.#known.set(run.unit, known));
      const { unit, user, mainPid: pid } = run;
      known.recordsItself ||= this.#options.recorded.ranIn({ unit, user, pid, startedAt });
      if (known.told || (known.recordsItself && known.announced === null)) continue;
      const endedAt = run.endedAt === null ? null : startedAt + (run.endedAt - run.startedAt);
      if (endedAt === null) {
        const told = running.runs.get(id);
        if (told) told.lastSeenAt = now;
        if (known.announced !== null || now - startedAt < announceAfter) continue;
        const execution = executionOf(run, id, this.#kindOf(run), startedAt, null);
        executions.push(execution);
        began.push({ unit: run.unit, execution, lastSeenAt: now });
        settle.push(() => (known.announced = startedAt));
      } else {
        if (now - endedAt < notOlderThan)
          executions.push(executionOf(run, id, this.#kindOf(run), startedAt, endedAt));
        settle.push(() => {
          known.told = true;
          running.runs.delete(id);
        });
      }
    }
    for (const one of began) running.runs.set(one.execution.id!, one);
    // Before they are told: after a crash one that was not is told as lost, and none goes on for ever.
    if (running.runs.size > 0) await running.save();
    if (executions.length > 0) await spool.appendExecutions(executions, []);
    const held = running.runs.size;
    for (const each of settle) each();
    if (running.runs.size < held) await running.save();
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

function executionOf(
  run: UnitRun,
  id: string,
  kind: ExecutionKind,
  startedAt: Micros,
  endedAt: Micros | null,
): ExecutionInput {
  const { unit, user, mainPid, exitCode, result, cpuSeconds, maxRssBytes, ioReadBytes, ioWriteBytes } = run;
  const { name, cleaned } = cleanName(unit.replace(/\.service$/, ""));
  const told: ExecutionInput = {
    id,
    kind,
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

/** It was told as running, and the unit, or the machine, has been started again since. `unwatched`: maybe long after its end. */
function lostRun({ execution, lastSeenAt }: RunningUnit, unwatched: boolean): ExecutionInput {
  const { id, kind, process, startedAt, attributes, flags = [] } = execution;
  return {
    id,
    kind,
    process,
    startedAt,
    endedAt: formatInstant(Math.max(parseInstant(startedAt)!, lastSeenAt)),
    outcome: "lost",
    attributes,
    flags: unwatched ? [...flags, "duration-unknown"] : flags,
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
