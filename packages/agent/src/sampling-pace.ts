/**
 * How much less often an overloaded machine is looked at. Three things count as overload: looking costs more than its
 * budget, ticks come late by more than their interval, or nothing on the machine gets on for want of memory. Many tasks
 * that wait for a processor do not count: that is what the agent is there to see, and it costs no more then.
 */
export type PaceOptions = {
  /** Of one core. */
  budgetShare?: number;
  onChange?: (factor: number, reason: PaceReason) => void;
};

export type PaceReason = "cost" | "late" | "memory" | "calm";

/** Of one tick. */
export type TickCost = {
  monotonicSeconds: number;
  /** That it took to look, in CPU time of this program. */
  cpuSeconds: number;
  lateSeconds: number;
  /** Share of the time in which every task waited for memory; null where the kernel does not say. */
  memoryStalled: number | null;
};

const judgeEverySeconds = 60;
/** The hub takes values of the last five minutes for those of now. */
const maxFactor = 4;
const calmMinutes = 5;
const memoryStalledShare = 0.5;
/** Below this part of the budget twice as many looks fit in again. */
const roomForTwice = 0.4;

export class SamplingPace {
  readonly #budgetShare: number;
  readonly #onChange: (factor: number, reason: PaceReason) => void;
  #factor = 1;
  #calm = 0;
  #minute: { start: number; cpuSeconds: number; ticks: number; late: number; stalled: number } | null = null;

  constructor({ budgetShare = 0.01, onChange = () => undefined }: PaceOptions = {}) {
    this.#budgetShare = budgetShare;
    this.#onChange = onChange;
  }

  /** Intervals are so many times as long: 1, 2 or 4. */
  get factor(): number {
    return this.#factor;
  }

  /** A single bad tick changes nothing: each minute is judged as a whole, and a return takes five good ones. True at a judgement. */
  note({ monotonicSeconds, cpuSeconds, lateSeconds, memoryStalled }: TickCost, stepSeconds: number): boolean {
    this.#minute ??= { start: monotonicSeconds, cpuSeconds: 0, ticks: 0, late: 0, stalled: 0 };
    const minute = this.#minute;
    minute.cpuSeconds += cpuSeconds;
    minute.ticks++;
    if (lateSeconds > stepSeconds) minute.late++;
    if (memoryStalled !== null && memoryStalled >= memoryStalledShare) minute.stalled++;
    const passed = monotonicSeconds - minute.start;
    if (passed < judgeEverySeconds) return false;
    this.#minute = null;
    const share = minute.cpuSeconds / passed;
    const overload = this.#overload(share, minute);
    this.#calm = overload || share > this.#budgetShare * roomForTwice ? 0 : this.#calm + 1;
    if (overload && this.#factor < maxFactor) this.#change(this.#factor * 2, overload);
    else if (this.#calm >= calmMinutes && this.#factor > 1) this.#change(this.#factor / 2, "calm");
    return true;
  }

  #overload(share: number, { ticks, late, stalled }: { ticks: number; late: number; stalled: number }) {
    if (share > this.#budgetShare) return "cost";
    if (late >= Math.max(2, ticks / 4)) return "late";
    return stalled >= 2 ? "memory" : null;
  }

  #change(factor: number, reason: PaceReason): void {
    this.#factor = factor;
    this.#calm = 0;
    this.#onChange(factor, reason);
  }
}
