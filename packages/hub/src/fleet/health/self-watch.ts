/**
 * Whether this hub itself could hear. A process that was stopped, a machine that slept, a clock that was set, a hub that was
 * away or cut off: of that time nothing is known of any machine, and after it each has the usual time to be heard again.
 */
import { microsPerSecond, type BlindCause, type Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../../clock.ts";
import type { HealthStore } from "../../store/store.ts";

/** Longer without a turn of the loop, or between a clock and the other, is a time in which nobody watched. */
const stalledAfter = 10 * microsPerSecond;
const awayAfter = 15 * microsPerSecond;
const markEvery = 5 * microsPerSecond;

export type SelfWatchParts = {
  store: Pick<HealthStore, "watchedUntil" | "setWatchedUntil" | "blindTimes" | "putBlindTime">;
  clock: Clock;
  /** Microseconds of a clock that is never set. */
  monotonic: () => Micros;
  log: Pick<FastifyBaseLogger, "warn" | "info">;
};

export class SelfWatch {
  readonly #parts: SelfWatchParts;
  /** Since when this hub has heard without a break. */
  listeningSince: Micros;
  /** `noticedAt`: what was heard since shows that it is over. */
  cutOff: { beganAt: Micros; noticedAt: Micros } | null = null;
  #last: { wall: Micros; monotonic: Micros } | null = null;
  #markedAt = -Infinity;

  constructor(parts: SelfWatchParts) {
    this.#parts = parts;
    this.listeningSince = parts.clock.now();
  }

  /** For the monotonic clock: when the last turn was; null before the first. */
  get lastTurnAt(): Micros | null {
    return this.#last?.monotonic ?? null;
  }

  /** Takes the watch over, from another hub or from what this one was before it ended. */
  async begin(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const until = await store.watchedUntil();
    this.listeningSince = now;
    this.#last = this.#read();
    const open = (await store.blindTimes({ from: now - 1, to: now + 1 })).find(
      ({ endedAt, cause }) => endedAt === null && cause === "hub-cut-off",
    );
    this.cutOff = open ? { beganAt: open.beganAt, noticedAt: now } : null;
    if (!open && until !== null && now - until > awayAfter) await this.#blind("hub-away", until, now);
    await this.#mark(now);
  }

  /** Each turn of the loop. Answers whether nobody watched since the one before. */
  async turn(): Promise<boolean> {
    const { monotonic, wall } = this.#read();
    const last = this.#last ?? { monotonic, wall };
    this.#last = { monotonic, wall };
    const passed = monotonic - last.monotonic;
    const set = Math.abs(wall - last.wall - passed) > stalledAfter;
    const stalled = passed > stalledAfter || set;
    if (stalled) {
      this.listeningSince = wall;
      if (wall > last.wall) await this.#blind("hub-stalled", last.wall, wall);
    }
    if (wall - this.#markedAt >= markEvery || wall < this.#markedAt) await this.#mark(wall);
    return stalled;
  }

  /** `heardUntil`: when the last of the others was heard. */
  async beginCutOff(heardUntil: Micros): Promise<void> {
    const now = this.#parts.clock.now();
    this.cutOff = { beganAt: Math.min(heardUntil, now), noticedAt: now };
    this.#parts.log.warn(
      { since: heardUntil },
      "no machine is heard any more, and none answers: this hub is cut off, or all of them are",
    );
    await this.#parts.store.putBlindTime({ ...this.cutOff, endedAt: null, cause: "hub-cut-off" });
  }

  async endCutOff(): Promise<void> {
    if (!this.cutOff) return;
    const { beganAt } = this.cutOff;
    const now = this.#parts.clock.now();
    await this.#parts.store.putBlindTime({ beganAt, endedAt: now, cause: "hub-cut-off" });
    this.cutOff = null;
    this.listeningSince = now;
    this.#parts.log.info({ since: beganAt }, "machines are heard again: this hub was cut off");
  }

  async end(): Promise<void> {
    await this.#mark(this.#parts.clock.now());
  }

  async #blind(cause: BlindCause, beganAt: Micros, endedAt: Micros): Promise<void> {
    this.#parts.log.warn(
      { cause, seconds: (endedAt - beganAt) / microsPerSecond },
      "nobody watched for a while",
    );
    await this.#parts.store.putBlindTime({ beganAt, endedAt, cause });
  }

  async #mark(at: Micros): Promise<void> {
    await this.#parts.store.setWatchedUntil(at);
    this.#markedAt = at;
  }

  #read() {
    return { wall: this.#parts.clock.now(), monotonic: this.#parts.monotonic() };
  }
}
