/**
 * Takes runs in from the intake folder: validate, append to the spool, fsync, remove the files. The records in the
 * spool name the files that they were made from, so a crash between append and remove doubles nothing.
 */
import { rmdirSync, unlinkSync, watch } from "node:fs";
import { join } from "node:path";
import { microsPerSecond, type ExecutionInput, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { UserNames } from "../os-processes/user-names.ts";
import { pause } from "../pause.ts";
import type { Roots } from "../roots.ts";
import { hasCode } from "../spool/durable.ts";
import { SpoolFullError } from "../spool/lane.ts";
import type { Spool } from "../spool/spool.ts";
import type { WebRequests } from "../web-requests/web-requests.ts";
import type { IntakeName } from "./file-names.ts";
import { listIntake } from "./folder.ts";
import { JobProcesses } from "./job-process.ts";
import { loadOpenRuns, saveOpenRuns, type OpenRun } from "./open-runs.ts";
import { RefusedFiles } from "./refused-files.ts";
import {
  announcement,
  RunsInFolder,
  type Finding,
  type RunFiles,
  type RunUsageFollower,
} from "./runs-in-folder.ts";

export type IntakeOptions = {
  folder: string;
  dataDir: string;
  spool: Spool;
  webRequests: WebRequests;
  runUsage: RunUsageFollower;
  roots: Roots;
  clock: Clock;
  log: Log;
  /** Hears of each run that is taken in, or goes on in a process of its recorder, perhaps again and again. */
  onRun?: (execution: ExecutionInput) => void;
};

const pollSeconds = 1;
const gatherSeconds = 0.05;
const waitSeconds = 5;
const runsPerLook = 500;
/** Of what runs wrote, in one batch: as JSON it may double, and no upload may pass the hub's limit. */
const outputPerLook = 1024 * 1024;
const saveEvery: Micros = 30 * microsPerSecond;
const stuckKept = 10_000;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #runs: RunsInFolder;
  readonly #openRuns: Map<string, OpenRun>;
  readonly #openRunsPath: string;
  readonly #refused: RefusedFiles;
  readonly #users: UserNames;
  /** Taken in before the last stop, perhaps not removed. */
  readonly #recovered: Set<string>;
  /** Taken in or refused, and can't be removed. */
  readonly #stuck = new Set<string>();
  #offset = 0;
  #savedAt: Micros = 0;
  /** The disk is full or the folder can't be read: said once, tried now and then. */
  #waits = false;
  #toldUnreadable = false;
  #wake = () => {};

  private constructor(options: IntakeOptions, openRuns: Map<string, OpenRun>) {
    const { roots, clock, dataDir, spool, folder, runUsage, onRun = () => {} } = options;
    this.#options = options;
    this.#openRuns = openRuns;
    this.#openRunsPath = join(dataDir, "open-runs.json");
    this.#refused = new RefusedFiles(join(dataDir, "intake-refused"));
    this.#recovered = new Set(spool.recoveredSources);
    this.#users = new UserNames(roots.etc);
    this.#runs = new RunsInFolder({
      folder,
      runUsage,
      openRuns,
      processes: new JobProcesses(roots, () => clock.now()),
      users: this.#users,
      now: () => clock.now(),
      onRun,
      refuse: (name, bytes, reason) => this.#refuse(name, bytes, reason),
      onUnreadable: (name) => this.#tellUnreadable(name),
    });
  }

  static async open(options: IntakeOptions): Promise<Intake> {
    return new Intake(options, await loadOpenRuns(join(options.dataDir, "open-runs.json")));
  }

  /** Runs until `signal` is aborted, and looks a last time then. Rejects only if the spool fails for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, folder, log } = this.#options;
    const watcher = watch(folder, () => this.#wake());
    // Polling goes on without it.
    watcher.on("error", (error) => log.warn(`the intake folder can't be watched: ${error.message}`));
    try {
      while (!signal.aborted) {
        if (await this.#lookSafely()) continue;
        if (this.#waits) await pause(clock, waitSeconds, signal);
        else await this.#untilChanged(signal);
      }
      await this.#lookSafely();
      await saveOpenRuns(this.#openRunsPath, this.#openRuns);
    } finally {
      watcher.close();
    }
  }

  /** One look at the folder; answers whether there is more to do at once. */
  async look(): Promise<boolean> {
    this.#users.refresh();
    const { names, more } = await listIntake(this.#options.folder);
    const runs = await this.#group(names);
    const findings: Finding[] = [];
    let room = outputPerLook;
    const isFull = (): boolean => findings.length >= runsPerLook || room <= 0;
    for (const files of runs.values()) {
      if (isFull()) break;
      if (files.ends.length === 0) continue;
      // Cut off by the bound of a look, the start may be there and not in the list.
      const starts = more && files.starts.length === 0 ? [`${files.key}.start`] : files.starts;
      const finding = await this.#runs.ended({ ...files, starts }, (key) => runs.get(key)?.starts ?? []);
      if (finding) {
        findings.push(finding);
        runs.delete(files.key);
        room -= finding.execution.output?.length ?? 0;
      }
    }
    const goesOn = isFull();
    if (!goesOn) for (const finding of await this.#goingOn([...runs.values()], !more)) findings.push(finding);
    if (!more) for (const key of this.#openRuns.keys()) if (!this.#keep(key, runs)) this.#runs.forget(key);
    await this.#takeIn(findings);
    if (!more) this.#recovered.clear();
    return goesOn;
  }

  async #lookSafely(): Promise<boolean> {
    try {
      const more = await this.look();
      this.#waits = false;
      return more;
    } catch (error) {
      if (error instanceof SpoolFullError) {
        if (!this.#waits) this.#options.log.warn("the disk is full: runs wait in the intake folder");
        this.#waits = true;
        return false;
      }
      if (!hasCode(error, "ENOENT") && !hasCode(error, "EACCES") && !hasCode(error, "EMFILE")) throw error;
      if (!this.#waits) this.#options.log.warn(`the intake folder can't be read: ${String(error)}`);
      this.#waits = true;
      return false;
    }
  }

  /** At most so many of them in one look, in turn. */
  async #goingOn(runs: readonly RunFiles[], listIsWhole: boolean): Promise<Finding[]> {
    const findings: Finding[] = [];
    const count = Math.min(runs.length, runsPerLook);
    for (let index = 0; index < count; index++) {
      const finding = await this.#runs.goingOn(runs[(this.#offset + index) % runs.length]!, listIsWhole);
      if (finding) findings.push(finding);
    }
    this.#offset = runs.length === 0 ? 0 : (this.#offset + count) % runs.length;
    return findings;
  }

  async #group(names: readonly IntakeName[]): Promise<Map<string, RunFiles>> {
    const runs = new Map<string, RunFiles>();
    for (const { name, key, part } of names) {
      if (this.#stuck.has(name)) continue;
      if (this.#recovered.has(name)) {
        this.#remove(name);
        this.#options.webRequests.settled([name]);
        continue;
      }
      const files = runs.get(key) ?? { key, starts: [], ends: [] };
      (part === "start" ? files.starts : files.ends).push(name);
      runs.set(key, files);
      if (part === "start" && this.#recovered.has(announcement(key))) this.#announced(key);
    }
    return runs;
  }

  #announced(key: string): void {
    const run = this.#openRuns.get(key) ?? { lastSeenAt: this.#options.clock.now(), startTicks: null };
    this.#openRuns.set(key, { ...run, announced: true });
  }

  #keep(key: string, runs: ReadonlyMap<string, RunFiles>): boolean {
    return (runs.get(key)?.starts.length ?? 0) > 0;
  }

  async #takeIn(findings: readonly Finding[]): Promise<void> {
    const now = this.#options.clock.now();
    if (findings.length > 0) {
      const executions = await this.#admitted(findings);
      if (executions.length > 0) {
        await this.#options.spool.appendExecutions(
          executions,
          findings.flatMap(({ source }) => source),
        );
      }
      for (const finding of findings) {
        for (const name of finding.remove) this.#remove(name);
        this.#options.webRequests.settled(finding.remove);
        this.#runs.settled(finding);
      }
    }
    const announced = findings.some(({ execution }) => execution.outcome === "running");
    if (!announced && now - this.#savedAt < saveEvery) return;
    this.#savedAt = now;
    await saveOpenRuns(this.#openRunsPath, this.#openRuns);
  }

  /** Of web requests only some are recorded one by one; that all of them are counted is durable before. */
  async #admitted(findings: readonly Finding[]): Promise<ExecutionInput[]> {
    const { webRequests } = this.#options;
    const isWeb = ({ execution }: Finding) => execution.kind === "web" && execution.outcome !== "running";
    const admitted = findings.flatMap((finding) => {
      if (!isWeb(finding)) return [finding.execution];
      const announced = this.#openRuns.get(finding.key)?.announced ?? false;
      return webRequests.admit(finding.execution, finding.source.at(-1)!, announced) ?? [];
    });
    if (findings.some(isWeb)) await webRequests.save();
    return admitted;
  }

  async #refuse(name: string, bytes: Buffer | null, reason: string): Promise<void> {
    const { log, spool, clock } = this.#options;
    spool.count("intake-refused", 1);
    const { told, untold } = this.#refused.admit(clock.now());
    if (untold > 0) log.warn(`${untold} more intake files were refused, and not kept`);
    if (told) {
      log.warn(`intake file ${name} refused: ${reason}`);
      await this.#refused.add(name, bytes, reason, clock.now());
    }
    this.#remove(name);
  }

  #tellUnreadable(name: string): void {
    if (!this.#toldUnreadable)
      this.#options.log.warn(
        `intake file ${name}, and maybe others, can't be read by this agent's user: such runs are not told while their jobs have a umask like 077`,
      );
    this.#toldUnreadable = true;
  }

  /** At once and not awaited: hundreds of files in a row cost a fraction of what as many turns of the event loop do. */
  #remove(name: string): void {
    const path = join(this.#options.folder, name);
    try {
      removeSync(path);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return;
      if (this.#stuck.size < stuckKept) this.#stuck.add(name);
      this.#options.log.warn(`intake file ${name} can't be removed: ${String(error)}`);
    }
  }

  async #untilChanged(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const woken = new AbortController();
    const end = () => {
      this.#wake = () => {};
      woken.abort();
    };
    this.#wake = end;
    signal.addEventListener("abort", end);
    await pause(this.#options.clock, pollSeconds, woken.signal);
    signal.removeEventListener("abort", end);
    await pause(this.#options.clock, gatherSeconds, signal);
  }
}

function removeSync(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "EISDIR") && !hasCode(error, "EPERM")) throw error;
    rmdirSync(path);
  }
}
