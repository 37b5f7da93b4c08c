import { microsPerSecond, type Micros } from "@culprit/protocol";

/** Where the agent takes time from; failure tests inject `ManualClock`. */
export interface Clock {
  /** The wall clock, which may be set back and forth. */
  now(): Micros;
  /** Seconds from an arbitrary start; never goes back. */
  monotonicSeconds(): number;
  /** Runs `action` once, so many seconds from now, unless the function that it answers is called before. */
  after(seconds: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now() * (microsPerSecond / 1000),
  monotonicSeconds: () => performance.now() / 1000,
  after(seconds, action) {
    const timer = setTimeout(action, Math.max(0, seconds * 1000));
    return () => clearTimeout(timer);
  },
};
