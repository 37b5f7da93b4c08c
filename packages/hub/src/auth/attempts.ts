/** Counts attempts by key in fixed windows of time, for doors that can be guessed at. Forgets the oldest keys first. */
import { ProblemError, microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";

const keysHeld = 10_000;

export class Attempts {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #window: Micros;
  readonly #counts = new Map<string, { until: Micros; count: number }>();

  /** At most `most` attempts in `seconds`. */
  constructor(clock: Clock, most: number, seconds: number) {
    this.#clock = clock;
    this.#most = most;
    this.#window = seconds * microsPerSecond;
  }

  /** Throws if the key has no attempt left in its window. */
  check(key: string): void {
    const now = this.#clock.now();
    const held = this.#usedUp(key, now);
    if (!held) return;
    const retryAfterSeconds = Math.ceil((held.until - now) / microsPerSecond);
    throw new ProblemError(
      "too-many-requests",
      `too many attempts; try again in ${retryAfterSeconds} seconds`,
      { retryAfterSeconds, limit: this.#most },
    );
  }

  isUsedUp(key: string): boolean {
    return this.#usedUp(key, this.#clock.now()) !== null;
  }

  #usedUp(key: string, now: Micros): { until: Micros } | null {
    const held = this.#counts.get(key);
    return held && held.until > now && held.count >= this.#most ? held : null;
  }

  count(key: string): void {
    const now = this.#clock.now();
    const held = this.#counts.get(key);
    if (held && held.until > now) {
      held.count++;
      return;
    }
    this.#counts.delete(key);
    this.#counts.set(key, { until: now + this.#window, count: 1 });
    const oldest = this.#counts.keys().next();
    if (this.#counts.size > keysHeld && !oldest.done) this.#counts.delete(oldest.value);
  }

  /** One that was counted was none. */
  giveBack(key: string): void {
    const held = this.#counts.get(key);
    if (held && held.count > 0) held.count--;
  }

  clear(key: string): void {
    this.#counts.delete(key);
  }
}
