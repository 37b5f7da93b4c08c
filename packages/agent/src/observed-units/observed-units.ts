/**
 * Records the services that timers of systemd start, and those that the settings name, from systemd's own account of
 * them: one `systemctl show` of these in each interval, none where there are none. It knows the last run of each; others before
 * it in the same interval are in the journal, which is asked where there may have been some. A run's id is made of its
 * invocation, so that it counts once however often it is told.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  microsPerSecond,
  parseInstant,
  type ExecutionInput,
  type ExecutionKind,
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
import { journalSlack, MissedRuns, type MissedRun } from "./missed-runs.ts";
import {
  parseUnits,
  runOf,
  runProperties,
  startedByTimers,
  type UnitProperties,
  type UnitRun,
} from "./parse-units.ts";
import { RunningUnits, type RunningUnit } from "./running-units.ts";
import { isOfProgram, showUnits } from "./systemctl.ts";
import { executionOf, idOf, lostRun, startOf } from "./unit-executions.ts";

export type ObservedUnitsOptions = {
  dataDir: string;
  spool: Pick<Spool, "appendExecutions">;
  recorded: SelfRecordedRuns;
  roots: Roots;
  clock: Clock;
  log: Log;
  /** Services that are observed although no timer starts them, by name or pattern. */
  services?: readonly string[];
  /** Injectable: the programs, and where systemd shows that it runs the machine and keeps its timers. */
  systemctl?: string;
  journalctl?: string;
  marker?: string;
  timerFolders?: readonly string[];
};

type Known = {
  id: string;
  startedAt: Micros;
  announced: Micros | null;
  told: boolean;
  recordsItself: boolean;
};

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
  #lookedAt: Micros | null = null;
  readonly #missed: MissedRuns;
  #timersReadAt = Number.NEGATIVE_INFINITY;
  #fails = false;

  constructor(options: ObservedUnitsOptions) {
    this.#options = {
      systemctl: "systemctl",
      journalctl: "journalctl",
      marker: "/run/systemd/system",
      timerFolders: systemFolders,
      services: [],
      ...options,
    };
    this.#missed = new MissedRuns(this.#options);
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
        if (!(error instanceof SpoolFullError) && !isOfProgram(error)) throw error;
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
    const at = clock.now();
    const units = parseUnits(await showUnits(systemctl, properties, names));
    if (readsTimers) {
      this.#timersReadAt = at;
      this.#services = startedByTimers(units).slice(0, mostServices);
    }
    const runs = units.map(runOf).filter((run) => run !== null);
    await this.#tell(runs, await this.#missedRuns(units, runs), running);
    this.#lookedAt = at;
  }

  /** Since the look before, of units that have begun anew, and of those named in the settings, which systemd may forget at once. */
  async #missedRuns(units: readonly UnitProperties[], runs: readonly UnitRun[]): Promise<MissedRun[]> {
    const { clock, roots, services } = this.#options;
    const since = this.#lookedAt;
    if (since === null) return [];
    const bootedAt = readBootedAt(roots, clock.now());
    const begun = runs.filter(
      (run) =>
        run.invocationId !== null &&
        this.#known.get(run.unit)?.id !== idOf(run, roots) &&
        startOf(run, bootedAt) >= since - journalSlack,
    );
    if (begun.length + services.length === 0) return [];
    const underWay = [...this.#known].flatMap(([unit, { id, startedAt, told }]) =>
      told ? [] : [{ unit, id, startedAt }],
    );
    const missed = await this.#missed.since(
      since,
      begun.map(({ unit }) => unit),
      underWay,
      units,
    );
    const told = [...this.#known.values()].filter((known) => known.told).map(({ id }) => id);
    const others = new Set([...runs.map((run) => idOf(run, roots)), ...told]);
    return missed.filter(({ id }) => !others.has(id));
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
      const startedAt = parseInstant(execution.startedAt)!;
      this.#known.set(unit, {
        id: execution.id!,
        startedAt,
        announced: startedAt,
        told: false,
        recordsItself: false,
      });
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

  async #tell(runs: readonly UnitRun[], missed: readonly MissedRun[], running: RunningUnits): Promise<void> {
    const { clock, roots, spool, recorded } = this.#options;
    const now = clock.now();
    const bootedAt = readBootedAt(roots, now);
    const executions: ExecutionInput[] = [];
    const began: RunningUnit[] = [];
    const settle: (() => void)[] = [];
    for (const { id, run } of missed) {
      const { unit, user, startedAt, mainPid: pid } = run;
      const recordsItself =
        (this.#known.get(unit)?.recordsItself ?? commandsRecord(run)) ||
        recorded.ranIn({ unit, user, pid, startedAt });
      if (running.runs.has(id) || !recordsItself)
        executions.push(executionOf(run, id, this.#kindOf(run), startedAt, run.endedAt));
      settle.push(() => {
        this.#missed.note(id);
        running.runs.delete(id);
      });
    }
    for (const run of runs) {
      const id = idOf(run, roots);
      const startedAt = startOf(run, bootedAt);
      const before = this.#known.get(run.unit);
      const isCutOff = before && before.id !== id && missed.every((one) => one.id !== before.id);
      const cutOff = isCutOff ? running.runs.get(before.id) : undefined;
      if (cutOff) {
        executions.push(lostRun(cutOff, now - cutOff.lastSeenAt > 2 * intervalSeconds * microsPerSecond));
        settle.push(() => running.runs.delete(cutOff.execution.id!));
      }
      const known =
        before?.id === id
          ? before
          : {
              id,
              startedAt,
              announced: null,
              told: this.#missed.has(id),
              recordsItself: commandsRecord(run),
            };
      settle.push(() => this.#known.set(run.unit, known));
      const { unit, user, mainPid: pid } = run;
      known.recordsItself ||= recorded.ranIn({ unit, user, pid, startedAt });
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

function commandsRecord({ commands }: UnitRun): boolean {
  // systemd joins arguments by spaces; a shell's word is told by its place only.
  return commands.some((command) => readJob(["sh", "-c", command], "").recordsItself);
}
