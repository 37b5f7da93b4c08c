/**
 * The one loop that runs all collectors, aligned to the clock. Timing, catching and the time-out live here: a collector
 * that is slow or fails costs its own readings of that tick, shows up as a metric, and nothing else waits for it.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "./clock.ts";
import type { Collected, Collector, Moment } from "./collector.ts";
import { gauge } from "./readings.ts";
import { Counters, SampleBodyBuilder, type SampleBody } from "./sample-body.ts";
import { SamplingPace, type PaceOptions } from "./sampling-pace.ts";

export type CollectLoopOptions = {
  collectors: readonly Collector[];
  clock: Clock;
  /** Gets one body a tick, never an empty one. */
  sink: (body: SampleBody) => void;
  onFailure: (collector: string, error: unknown) => void;
  timeoutSeconds?: number;
  /** Told when an overloaded machine is looked at less often, and when it no longer is. */
  onPace?: PaceOptions["onChange"];
  /** CPU time of this program so far. */
  ownCpuSeconds?: () => number;
};

/** Timers may fire this much too early. */
const slackMicros = 100_000;
const forgetCountersSeconds = 3600;

type Run = {
  collector: Collector;
  collected: Collected | null;
  durationSeconds: number;
  cpuSeconds: number;
};

export class CollectLoop {
  readonly #options: CollectLoopOptions;
  readonly #stepSeconds: number;
  readonly #timeoutSeconds: number;
  readonly #counters = new Counters();
  readonly #unfinished = new Set<Collector>();
  readonly #pace: SamplingPace;
  readonly #ownCpuSeconds: () => number;
  /** Which multiple of its period each collector was last asked in, so that a late tick still asks it. */
  readonly #slots = new Map<Collector, number>();
  #lastTick: Micros | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: CollectLoopOptions) {
    const odd = options.collectors.find(
      ({ everySeconds }) => !Number.isInteger(everySeconds) || everySeconds < 1,
    );
    if (odd)
      throw new RangeError(`collector ${odd.name}: ${odd.everySeconds} is not a whole number of seconds`);
    this.#options = options;
    this.#pace = new SamplingPace(options.onPace ? { onChange: options.onPace } : {});
    this.#ownCpuSeconds = options.ownCpuSeconds ?? processCpuSeconds;
    this.#stepSeconds = options.collectors
      .map((collector) => collector.everySeconds)
      .reduce(greatestCommonDivisor);
    this.#timeoutSeconds = Math.min(options.timeoutSeconds ?? 3, this.#stepSeconds * 0.8);
  }

  /** Takes a first look at once, so that counters have a start, and then ticks until `stop`. */
  start(): void {
    if (this.#cancel) throw new Error("the collect loop runs already");
    this.#cancel = () => {};
    this.#tick(null);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** `due` is when the timer was to end; null at the first look. */
  #tick(due: number | null): void {
    const { clock } = this.#options;
    const step = this.#stepSeconds * microsPerSecond;
    const now = clock.now();
    const monotonicSeconds = clock.monotonicSeconds();
    const late = due === null ? 0 : Math.max(0, monotonicSeconds - due);
    const at = due === null ? now : Math.floor((now + slackMicros) / step) * step;
    if (at !== this.#lastTick) void this.#look({ at, monotonicSeconds }, late);
    this.#lastTick = at;
    const next = Math.floor((now + slackMicros) / step) * step + step;
    const wait = (next - now) / microsPerSecond;
    this.#cancel = clock.after(wait, () => this.#tick(monotonicSeconds + wait));
  }

  async #look(moment: Moment, lateSeconds: number): Promise<void> {
    const due = this.#options.collectors.filter((collector) => this.#isDue(collector, moment.at));
    const runs = await Promise.all(due.map((collector) => this.#run(collector, moment)));
    const builder = new SampleBodyBuilder();
    for (const run of runs) this.#add(run, moment, builder);
    const cost = {
      monotonicSeconds: moment.monotonicSeconds,
      cpuSeconds: runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      lateSeconds,
      memoryStalled: memoryStalled(runs),
    };
    if (this.#pace.note(cost, this.#stepSeconds))
      builder.add(moment.at, gauge("culprit.agent.sampling.factor", "1", this.#pace.factor));
    this.#counters.forgetBefore(moment.monotonicSeconds - forgetCountersSeconds);
    if (!builder.isEmpty) this.#options.sink(builder.body);
  }

  #isDue(collector: Collector, at: Micros): boolean {
    const slot = Math.floor(at / (collector.everySeconds * this.#pace.factor * microsPerSecond));
    const due = slot !== this.#slots.get(collector);
    this.#slots.set(collector, slot);
    return due;
  }

  async #run(collector: Collector, moment: Moment): Promise<Run> {
    const { clock, onFailure } = this.#options;
    const start = clock.monotonicSeconds();
    let cancel: (() => void) | undefined;
    const cpuBefore = this.#ownCpuSeconds();
    let cpuSeconds = 0;
    let collected: Collected | null = null;
    try {
      if (this.#unfinished.has(collector)) throw new Error("its look before has not ended yet");
      const look = collector.collect(moment);
      // What is left to do once a promise waits is done between other things, which are not told apart.
      cpuSeconds = this.#ownCpuSeconds() - cpuBefore;
      if (look instanceof Promise) {
        this.#unfinished.add(collector);
        const ended = look.finally(() => this.#unfinished.delete(collector));
        const timeout = new Promise<never>((_resolve, reject) => {
          cancel = clock.after(this.#timeoutSeconds, () =>
            reject(new Error(`no answer within ${this.#timeoutSeconds} s`)),
          );
        });
        collected = await Promise.race([ended, timeout]);
      } else collected = look;
    } catch (error) {
      onFailure(collector.name, error);
    }
    cancel?.();
    return { collector, collected, durationSeconds: clock.monotonicSeconds() - start, cpuSeconds };
  }

  #add({ collector, collected, durationSeconds }: Run, moment: Moment, builder: SampleBodyBuilder): void {
    for (const reading of collected?.readings ?? []) {
      if (reading.type === "gauge") builder.add(moment.at, reading);
      else {
        const increment = this.#counters.increment(reading, moment);
        if (increment)
          builder.add(moment.at, { ...reading, value: increment.value }, increment.intervalSeconds);
      }
    }
    if (collected?.osProcesses) builder.body.osProcesses = collected.osProcesses;
    if (collected?.computer) builder.body.computer = collected.computer;
    const attributes = { collector: collector.name };
    const own = { attributes, metric: "culprit.agent.collector.duration", unit: "s", type: "gauge" } as const;
    builder.add(moment.at, { ...own, value: durationSeconds });
    if (collected) return;
    const failures = { attributes, metric: "culprit.agent.collector.failures", unit: "{failure}" };
    builder.add(
      moment.at,
      { ...failures, type: "counter", value: 1 },
      collector.everySeconds * this.#pace.factor,
    );
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function processCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of the tick's own readings; null in ticks without them. */
function memoryStalled(runs: readonly Run[]): number | null {
  const readings = runs.flatMap(({ collected }) => collected?.readings ?? []);
  const stalled = readings.find(
    ({ metric, attributes }) =>
      metric === "system.linux.pressure" &&
      attributes["resource"] === "memory" &&
      attributes["stall"] === "full",
  );
  return stalled?.value ?? null;
}
