import { microsPerSecond } from "@culprit/protocol";
import type { MicrosWindow } from "../window.ts";

/** Enough for a median; each costs a scan of its stretch of time. */
const mostWindows = 10;
/** Together they hold no more samples than the store reads in a moment. */
const mostTogether = 48 * 3600 * microsPerSecond;

/**
 * Windows as long as `window`, each beginning where one of the newest predecessors began and over before `window` begins:
 * what samples show in these is usual.
 */
export function usualWindows(predecessors: readonly MicrosWindow[], window: MicrosWindow): MicrosWindow[] {
  const length = window.to - window.from;
  const most = length === 0 ? 0 : Math.min(mostWindows, Math.floor(mostTogether / length));
  const over = predecessors
    .map(({ from }) => ({ from, to: from + length }))
    .filter(({ to }) => to <= window.from);
  return over.slice(Math.max(0, over.length - most));
}
