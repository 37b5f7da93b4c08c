import type { Clock } from "./clock.ts";

/** Resolves after so many seconds, or at once when `signal` is or becomes aborted. */
export function pause(clock: Clock, seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(seconds, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
