/** What a page shows before its reader has chosen: a long stretch that ends now, or only the part that has data. */
import type { View } from "./view.ts";

const shortest = 15 * 60_000;
/** Before the first, so that its bar has an edge to be seen. */
const margin = 10_000;

/**
 * The last `longest` milliseconds; since `first` where all data is younger, so that a newcomer's three minutes are no
 * hair at the edge. It stands still until a quarter of an hour is full, then grows, then slides: nothing jumps.
 */
export function firstView(first: number | undefined, now: number, longest: number): View {
  const whole = { from: now - longest, to: now };
  if (first === undefined || !Number.isFinite(first)) return whole;
  const from = first - margin;
  return now - from > longest * 0.9 ? whole : { from, to: Math.max(now, from + shortest) };
}
