/** How many dead letters a machine may leave in the store: past it, bad rows are named and counted but not kept. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";

const perDay = 2000;
const day = 86_400 * microsPerSecond;

export class DeadLetterAllowance {
  readonly #clock: Clock;
  readonly #granted = new Map<number, { until: Micros; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many of so many may be kept now. */
  grant(machineId: number, wanted: number): number {
    if (wanted === 0) return 0;
    const now = this.#clock.now();
    const held = this.#granted.get(machineId);
    const current = held && held.until > now ? held : { until: now + day, count: 0 };
    const granted = Math.min(wanted, perDay - current.count);
    current.count += granted;
    this.#granted.set(machineId, current);
    return granted;
  }
}
