/**
 * The benchmarks of this machine: those that its own file allows, at times that are the machine's own, when it is quiet.
 * What they cost is recorded as an execution, so that nobody else is blamed for it.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  benchmarkNames,
  benchmarkScoreMetric,
  formatInstant,
  microsPerSecond,
  type BenchmarkName,
  type BenchmarkRun,
  type ExecutionInput,
  type HubClient,
  type Micros,
} from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { AllowedFile } from "../control/allowed.ts";
import type { Log } from "../log.ts";
import { readKernelConstants } from "../os-processes/kernel-constants.ts";
import { pause } from "../pause.ts";
import type { Roots } from "../roots.ts";
import { SampleBodyBuilder } from "../sample-body.ts";
import type { Spool } from "../spool/spool.ts";
import { NotPossible } from "./benchmark.ts";
import { measureApart } from "./measure-apart.ts";
import { measureNetwork } from "./measure-network.ts";
import { Quiet } from "./quiet.ts";

export type BenchmarkSettings = {
  /** 0: only when asked to. */
  everyHours: number;
  /** Each, without what it prepares. */
  seconds: number;
};

type BenchmarksOptions = {
  settings: BenchmarkSettings;
  /** What this machine's own file allows now. */
  allowed: () => Promise<Pick<AllowedFile, "benchmarks" | "problem">>;
  /** Tells machines apart that have the same interval. */
  machineName: string;
  dataDir: string;
  spool: Pick<Spool, "appendSamples" | "appendExecutions">;
  jobsUnderWay: (startedAfter: Micros) => number;
  roots: Roots;
  clock: Clock;
  log: Log;
  /** What the measuring process is started with instead of a lower priority for its disk. */
  launcher?: readonly string[];
};

type Score = { benchmark: BenchmarkName; value: number; unit: string; instrument: string; seconds: number };
type Skipped = BenchmarkRun["skipped"][number];
type Measured = { scores: Score[]; skipped: Skipped[] };

/** Whether it is quiet is looked at for so long: somebody waits, or nobody does. */
const lookSeconds = { asked: 0.5, scheduled: 5 };
const againSeconds = 600;
const attempts = 6;
/** What may be measured when somebody asks: some runs in a row, and then a small share of the time. */
const allowance = { seconds: 120, share: 0.02 };

export class Benchmarks {
  readonly #options: BenchmarksOptions;
  readonly #quiet: Quiet;
  readonly #folder: string;
  readonly #ticksPerSecond: number;
  readonly #stopping = new AbortController();
  /** An agent that was killed left its files behind. */
  readonly #cleared: Promise<void>;
  #hub: HubClient | null = null;
  #underWay = false;
  /** Seconds of measuring that are left at an instant of the monotonic clock. */
  #left: { seconds: number; at: number };

  constructor(options: BenchmarksOptions) {
    this.#options = options;
    this.#quiet = new Quiet(options);
    this.#left = { seconds: allowance.seconds, at: options.clock.monotonicSeconds() };
    this.#folder = join(options.dataDir, "benchmark");
    this.#cleared = rm(this.#folder, { recursive: true, force: true });
    this.#ticksPerSecond = readKernelConstants(options.roots).ticksPerSecond;
  }

  /** Without it the network is not measured. */
  connect(hub: HubClient): void {
    this.#hub = hub;
  }

  /** Runs them at their times until `signal` is aborted, which ends also one that was asked for. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#stopping.abort(), { once: true });
    await this.#cleared;
    const { everyHours } = this.#options.settings;
    if (everyHours === 0) return;
    while (!signal.aborted) {
      await pause(this.#options.clock, this.#secondsToNext(everyHours * 3600), signal);
      if (!signal.aborted) await this.#runWhenQuiet(signal);
    }
  }

  /** Runs them now, if the machine allows them and is quiet; the others come back with the reason. */
  async now(names?: readonly BenchmarkName[]): Promise<BenchmarkRun> {
    const { benchmarks: allowed, problem } = await this.#options.allowed();
    const wanted = names ?? (allowed.size > 0 ? [...allowed] : benchmarkNames);
    const possible = benchmarkNames.filter((name) => wanted.includes(name) && allowed.has(name));
    const refused = benchmarkNames.filter((name) => wanted.includes(name) && !allowed.has(name));
    const rests = this.#secondsLeft() < 0 && !this.#underWay;
    const { scores, skipped } = rests
      ? skipAll(possible, "resting")
      : await this.#measure(possible, lookSeconds.asked);
    return {
      results: scores.map(({ benchmark, value, unit, seconds }) => ({ benchmark, value, unit, seconds })),
      skipped: [...skipAll(refused, "not-allowed", problem?.said.text).skipped, ...skipped],
    };
  }

  #secondsToNext(every: number): number {
    const { machineName, clock } = this.#options;
    const place = createHash("sha256").update(machineName).digest().readUInt32BE() / 2 ** 32;
    const since = clock.now() / microsPerSecond - place * every;
    return every - (((since % every) + every) % every);
  }

  #secondsLeft(): number {
    const { seconds, at } = this.#left;
    const more = (this.#options.clock.monotonicSeconds() - at) * allowance.share;
    return Math.min(allowance.seconds, seconds + more);
  }

  async #runWhenQuiet(signal: AbortSignal): Promise<void> {
    const { allowed, clock, log } = this.#options;
    const { benchmarks } = await allowed();
    let left = benchmarkNames.filter((name) => benchmarks.has(name));
    for (let attempt = 1; left.length > 0 && !signal.aborted; attempt++) {
      const { skipped } = await this.#measure(left, lookSeconds.scheduled);
      const busy = skipped.filter(({ why }) => why === "busy" || why === "under-way");
      left = busy.map(({ benchmark }) => benchmark);
      if (left.length === 0) return;
      if (attempt === attempts) {
        log.info(
          `benchmarks left out until the next time (${left.join(", ")}): ${busy[0]!.detail ?? "busy"}`,
        );
        return;
      }
      await pause(clock, againSeconds, signal);
    }
  }

  async #measure(names: readonly BenchmarkName[], look: number): Promise<Measured> {
    if (names.length === 0) return { scores: [], skipped: [] };
    if (this.#underWay) return skipAll(names, "under-way");
    this.#underWay = true;
    const { clock } = this.#options;
    try {
      await this.#cleared;
      const disturbance = await this.#quiet.disturbance(look, this.#stopping.signal);
      if (disturbance !== null) return skipAll(names, "busy", disturbance);
      const begun = clock.monotonicSeconds();
      const measured = await this.#measureAll(names);
      const seconds = this.#secondsLeft() - (clock.monotonicSeconds() - begun);
      this.#left = { seconds, at: clock.monotonicSeconds() };
      return measured;
    } finally {
      this.#underWay = false;
    }
  }

  async #measureAll(names: readonly BenchmarkName[]): Promise<Measured> {
    const { clock, spool } = this.#options;
    const measured: Measured = { scores: [], skipped: [] };
    const startedAt = clock.now();
    let ticks = 0;
    const body = new SampleBodyBuilder();
    for (const benchmark of names) {
      if (this.#stopping.signal.aborted) break;
      const begun = clock.monotonicSeconds();
      try {
        const { ownTicks, ...score } = await this.#measureOne(benchmark);
        ticks += ownTicks;
        const seconds = clock.monotonicSeconds() - begun;
        measured.scores.push({ benchmark, ...score, seconds });
        const { value, unit, instrument } = score;
        const attributes = { benchmark, instrument };
        body.add(clock.now(), { metric: benchmarkScoreMetric, attributes, unit, type: "gauge", value });
      } catch (error) {
        const why = error instanceof NotPossible ? error.why : "failed";
        measured.skipped.push({
          benchmark,
          why,
          detail: String(error instanceof Error ? error.message : error),
        });
      }
    }
    if (!body.isEmpty) await spool.appendSamples(body.body, body.body.points.at.length);
    await spool.appendExecutions([ownRun(startedAt, clock.now(), ticks / this.#ticksPerSecond)], []);
    return measured;
  }

  async #measureOne(
    name: BenchmarkName,
  ): Promise<{ value: number; unit: string; instrument: string; ownTicks: number }> {
    const { settings, launcher } = this.#options;
    const { signal } = this.#stopping;
    const others = this.#quiet.watchCpu();
    if (name === "network-up" || name === "network-down") {
      if (!this.#hub) throw new NotPossible("failed", "the hub is not known yet");
      const value = await measureNetwork(name, this.#hub, signal);
      return { value, unit: "By/s", instrument: "1", ownTicks: 0 };
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    try {
      const answer = await measureApart(name, {
        seconds: settings.seconds,
        folder: this.#folder,
        ...(launcher ? { launcher } : {}),
        signal,
      });
      if ("why" in answer) throw new NotPossible(answer.why, answer.detail);
      const { cpuTicks: ownTicks, ...score } = answer;
      const disturbance = others(ownTicks);
      if (disturbance !== null) throw new NotPossible("busy", `meanwhile ${disturbance}`);
      return { ...score, ownTicks };
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

function skipAll(names: readonly BenchmarkName[], why: Skipped["why"], detail?: string): Measured {
  const skipped = names.map((benchmark) => ({ benchmark, why, ...(detail === undefined ? {} : { detail }) }));
  return { scores: [], skipped };
}

/** Whoever was slow beside it finds it there. */
function ownRun(startedAt: Micros, endedAt: Micros, cpuSeconds: number): ExecutionInput {
  return {
    id: `benchmark-${randomUUID()}`,
    kind: "job",
    process: "culprit benchmark",
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(Math.max(startedAt, endedAt)),
    outcome: "ok",
    cpuSeconds,
  };
}
