/** What usually ran beside a process: its overlap with another one in the windows of its normal runs. */
import { medianOf } from "./statistics.ts";

/** With fewer windows nothing is usual. */
export const leastUsualWindows = 3;

/**
 * The median of the time that the process was there in each of the windows; null with too few windows. `own`: the windows are
 * runs of that very process, and a run is not beside itself.
 */
export function usualOverlap(
  windows: readonly { from: number; to: number }[],
  timeWithin: (from: number, to: number) => number,
  own = false,
): number | null {
  if (windows.length < leastUsualWindows) return null;
  return medianOf(windows.map(({ from, to }) => timeWithin(from, to) - (own ? to - from : 0)));
}
