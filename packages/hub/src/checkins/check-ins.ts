/** What this hub remembers of check-ins between requests, and writes now and then: a request costs no write of its own for it. */
import type { CheckinSignal } from "@culprit/protocol";
import { Attempts } from "../auth/attempts.ts";
import type { Clock } from "../clock.ts";
import type { CheckinHeard, CheckinStore } from "../store/store.ts";

const secretsSeen = 10_000;

export class CheckIns {
  readonly #store: CheckinStore;
  readonly #clock: Clock;
  readonly #rate: Attempts;
  readonly #seen = new Set<string>();
  readonly #heard = new Map<number, CheckinHeard>();

  constructor(store: CheckinStore, clock: Clock, perMinute: number) {
    this.#store = store;
    this.#clock = clock;
    this.#rate = new Attempts(clock, perMinute, 60);
  }

  /** True if it was a secret of a check-in at its last look-up: only others can be guesses. */
  hasSeen(secretHash: string): boolean {
    return this.#seen.has(secretHash);
  }

  see(secretHash: string, found: boolean): void {
    this.#seen.delete(secretHash);
    if (!found) return;
    this.#seen.add(secretHash);
    const [oldest] = this.#seen;
    if (this.#seen.size > secretsSeen && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Throws a problem of code too-many-requests if this check-in had its share of this minute. */
  admit(checkinId: number): void {
    this.#rate.check(String(checkinId));
    this.#rate.count(String(checkinId));
  }

  heard(checkinId: number, signal: CheckinSignal, message?: string): void {
    const held = this.#heard.get(checkinId);
    const last = message ?? held?.message;
    this.#heard.set(checkinId, {
      checkinId,
      at: this.#clock.now(),
      signal,
      ...(last === undefined ? {} : { message: last }),
    });
  }

  /** What was heard and is not written yet. */
  news(checkinId: number): CheckinHeard | undefined {
    return this.#heard.get(checkinId);
  }

  /** Keeps them for the next time if the store refuses. */
  async flush(): Promise<void> {
    if (this.#heard.size === 0) return;
    const news = [...this.#heard.values()];
    await this.#store.heard(news);
    for (const each of news) if (this.#heard.get(each.checkinId) === each) this.#heard.delete(each.checkinId);
  }
}
