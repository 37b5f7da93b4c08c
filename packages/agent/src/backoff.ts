/** Waiting longer after each failure, with full jitter: any time up to the bound is equally likely, so a fleet spreads. */
export type BackoffLimits = { firstSeconds: number; mostSeconds: number };

/** With what a connection may take: an agent is back within a minute of its network. */
export const soon: BackoffLimits = { firstSeconds: 1, mostSeconds: 40 };

export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Seconds to wait after one more failure; never less than the other side asked for. */
  next(retryAfterSeconds = 0): number {
    const { firstSeconds, mostSeconds } = this.#limits;
    const bound = Math.min(mostSeconds, firstSeconds * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    // Asked to wait, machines of one fleet were asked together: jitter goes on top.
    return retryAfterSeconds + this.#random() * bound;
  }
}
