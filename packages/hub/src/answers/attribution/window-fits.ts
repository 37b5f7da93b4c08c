/** Fits of windows that somebody asked for: one at a time, the same for all who ask, kept until they are cleared. */
import { microsPerSecond } from "@culprit/protocol";
import { callerLeft, Turns } from "../../turns.ts";
import type { MicrosWindow } from "../../window.ts";
import type { Fitted } from "./attribution.ts";

const kept = 8;
const mostWaiting = 3;

/** One window, and how many still wait for it. */
type Asked = { fitted: Promise<Fitted>; callers: number; given: AbortController };

export class WindowFits {
  readonly #fit: (window: MicrosWindow) => Promise<Fitted>;
  readonly #asked = new Map<string, Asked>();
  readonly #turns = new Turns({ atOnce: 1, mostWaiting });

  constructor(fit: (window: MicrosWindow) => Promise<Fitted>) {
    this.#fit = fit;
  }

  /**
   * Rejects with a problem of code overloaded. What everybody has left who asked for it is not begun; what was begun is
   * finished, for who asks again.
   */
  of(asked: MicrosWindow, gone?: AbortSignal): Promise<Fitted> {
    if (gone?.aborted) return Promise.reject(callerLeft());
    const window = aligned(asked);
    const key = `${window.from}/${window.to}`;
    const one = this.#asked.get(key) ?? this.#begin(key, window);
    one.callers++;
    gone?.addEventListener("abort", () => {
      if (--one.callers === 0) one.given.abort();
    });
    return one.fitted;
  }

  /** Work that needs a fit of its own takes its turn among them. */
  apart<T>(asked: MicrosWindow, work: (window: MicrosWindow) => Promise<T>, gone?: AbortSignal): Promise<T> {
    return this.#turns.run(() => work(aligned(asked)), gone);
  }

  clear(): void {
    this.#asked.clear();
  }

  #begin(key: string, window: MicrosWindow): Asked {
    const given = new AbortController();
    const fitted = this.#turns.run(() => this.#fit(window), given.signal);
    const one: Asked = { fitted, callers: 0, given };
    if (this.#asked.size >= kept) this.#asked.delete(this.#asked.keys().next().value!);
    this.#asked.set(key, one);
    fitted.catch(() => {
      if (this.#asked.get(key) === one) this.#asked.delete(key);
    });
    return one;
  }
}

/** Windows that end now move on while they are looked at: whole hours, or hundredths of the length. */
function aligned({ from, to }: MicrosWindow): MicrosWindow {
  const grain = Math.max(3600 * microsPerSecond, (to - from) / 100);
  const step = 3600 * microsPerSecond * Math.ceil(grain / (3600 * microsPerSecond));
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}
