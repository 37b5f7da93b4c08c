/** Whether anybody would be disturbed: what is busy is never measured, and what was busy meanwhile does not count. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { parseCpuTimes } from "../collectors/cpu.ts";
import { parsePressure } from "../collectors/pressure.ts";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import { readText, readTextIfPresent } from "../read-text.ts";
import type { Roots } from "../roots.ts";

/** Shares of the time of all CPUs, and of the time in which some task waited for the disk or for memory. */
const mostBusy = { cpu: 0.25, io: 0.1, memory: 0.05 };
/** A recorded job that runs for longer is a service: the machine would never be quiet. */
const longestJob: Micros = 6 * 3600 * microsPerSecond;

type QuietOptions = {
  roots: Roots;
  clock: Clock;
  /** How many recorded runs that began after an instant are under way. */
  jobsUnderWay: (startedAfter: Micros) => number;
};

type Ticks = { busy: number; all: number };

export class Quiet {
  readonly #options: QuietOptions;

  constructor(options: QuietOptions) {
    this.#options = options;
  }

  /** Looks for so many seconds; null when it is quiet, else what is not. */
  async disturbance(seconds: number, signal: AbortSignal): Promise<string | null> {
    const { clock, jobsUnderWay } = this.#options;
    const jobs = jobsUnderWay(clock.now() - longestJob);
    if (jobs > 0) return `${jobs} recorded ${jobs === 1 ? "job runs" : "jobs run"}`;
    const others = this.watchCpu();
    const [io, memory] = [this.#watchPressure("io"), this.#watchPressure("memory")];
    await pause(clock, seconds, signal);
    return (
      others(0) ??
      above("a task waited for the disk", io(), mostBusy.io) ??
      above("a task waited for memory", memory(), mostBusy.memory)
    );
  }

  /** Answers a function that tells, given the ticks of the benchmark itself, how others kept the CPUs busy since. */
  watchCpu(): (ownTicks: number) => string | null {
    const before = this.#ticks();
    return (ownTicks) => {
      const after = this.#ticks();
      const all = after.all - before.all;
      if (all <= 0) return null;
      return above("others used the CPUs", (after.busy - before.busy - ownTicks) / all, mostBusy.cpu);
    };
  }

  #ticks(): Ticks {
    const times = parseCpuTimes(readText(`${this.#options.roots.proc}/stat`)).get("all");
    if (!times) return { busy: 0, all: 0 };
    const { user, nice, system, irq, idle, iowait, steal } = times;
    const busy = user + nice + system + irq;
    // What the host takes away is nobody's work here: it makes the machine slower, and that is to be seen.
    return { busy, all: busy + idle + iowait + steal };
  }

  /** Share of the time since in which some task waited; 0 where the kernel does not tell. */
  #watchPressure(resource: "io" | "memory"): () => number {
    const { roots, clock } = this.#options;
    const stalled = () =>
      parsePressure(readTextIfPresent(`${roots.proc}/pressure/${resource}`) ?? "").get("some") ?? 0;
    const [before, begun] = [stalled(), clock.monotonicSeconds()];
    return () => {
      const seconds = clock.monotonicSeconds() - begun;
      return seconds > 0 ? (stalled() - before) / microsPerSecond / seconds : 0;
    };
  }
}

function above(what: string, share: number, most: number): string | null {
  return share > most ? `${what} ${Math.round(100 * share)}% of the time` : null;
}
