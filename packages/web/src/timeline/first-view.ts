/** What a page shows before its reader has chosen: a long stretch that ends now, or only the part that has data. */
import type { View } from "./view.ts";

const shortest = 15 * 60_000;

/**
 * The last `longest` milliseconds; since `first` where all data is younger, so that a newcomer's three minutes are no
 * hair at the edge. As time goes by the view only grows, and slides once it is full: it never jumps under the eye.
 */
export function firstView(first: number | undefined, now: number, longest: number): View {
  const whole = { from: now - longest, to: now };
  if (first === undefined || !Number.isFinite(first)) return whole;
  const from = Math.min(first - 10_000, now - shortest);
  return now - from > longest * 0.9 ? whole : { from, to: now };
}
