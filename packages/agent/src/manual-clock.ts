import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "./clock.ts";

/** A clock that stands until a test moves it; timers run in the order they are due. */
export class ManualClock implements Clock {
  #now: Micros;
  #monotonic = 0;
  #timers: { due: number; action: () => void }[] = [];

  constructor(start: Micros) {
    this.#now = start;
  }

  now(): Micros {
    return this.#now;
  }

  monotonicSeconds(): number {
    return this.#monotonic;
  }

  after(seconds: number, action: () => void): () => void {
    const timer = { due: this.#monotonic + Math.max(0, seconds), action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass; between timers the promises that are ready get their turn. */
  async advance(seconds: number): Promise<void> {
    const end = this.#monotonic + seconds;
    await turn();
    for (;;) {
      const next = this.#timers.reduce<{ due: number; action: () => void } | undefined>(
        (first, timer) => (timer.due <= end && (!first || timer.due < first.due) ? timer : first),
        undefined,
      );
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#pass(next.due - this.#monotonic);
      next.action();
      await turn();
    }
    this.#pass(end - this.#monotonic);
  }

  /** Sets the wall clock, as an operator or NTP does; monotonic time goes on as before. */
  set(now: Micros): void {
    this.#now = now;
  }

  #pass(seconds: number): void {
    this.#monotonic += seconds;
    this.#now += Math.round(seconds * microsPerSecond);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
