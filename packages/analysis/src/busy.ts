/**
 * Cumulative busy time of one process: C(t) is the time its executions ran until t, two at once counting twice. Kept as
 * the points where it bends; the overlap of a window with the process is C(to) - C(from), two binary searches.
 */
import { checkInterval, isSorted } from "./intervals.ts";

export type BusyTime = {
  /** Where the number running changes, ascending. */
  at: Float64Array;
  /** C there. */
  gathered: Float64Array;
  /** How many run from there on. */
  running: Int32Array;
};

/** `start` ascending; RangeError if not, and for reversed intervals. */
export function busyTime(start: Float64Array, end: Float64Array): BusyTime {
  if (!isSorted(start)) throw new RangeError("intervals are not sorted by start");
  const count = start.length;
  for (let i = 0; i < count; i++) checkInterval(start[i]!, end[i]!);
  const ends = end.toSorted();
  const busy = {
    at: new Float64Array(count * 2),
    gathered: new Float64Array(count * 2),
    running: new Int32Array(count * 2),
  };
  let running = 0;
  let gathered = 0;
  for (let bend = 0, s = 0, e = 0; bend < count * 2; bend++) {
    const starts = s < count && start[s]! <= ends[e]!;
    const at = starts ? start[s++]! : ends[e++]!;
    if (bend > 0) gathered += running * (at - busy.at[bend - 1]!);
    running += starts ? 1 : -1;
    busy.at[bend] = at;
    busy.gathered[bend] = gathered;
    busy.running[bend] = running;
  }
  return busy;
}

/** The time that executions of the process ran in [from, to). */
export function busyBetween(busy: BusyTime, from: number, to: number): number {
  checkInterval(from, to);
  return gatheredUntil(busy, to) - gatheredUntil(busy, from);
}

function gatheredUntil({ at, gathered, running }: BusyTime, instant: number): number {
  const bend = lowerBound(at, instant) - 1;
  return bend < 0 ? 0 : gathered[bend]! + running[bend]! * (instant - at[bend]!);
}

/** The first position whose value is not below `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
