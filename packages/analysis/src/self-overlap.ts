/** A process that runs beside itself on one machine: one sweep over its starts, [start, end). */
import { checkInterval, isSorted } from "./intervals.ts";

export type SelfOverlap = {
  /** Runs that share time with another run of the process. */
  runs: number;
  /** How many ran at once, at most. */
  mostAtOnce: number;
  /** Time in which more than one ran, in the unit of the intervals. */
  time: number;
};

/** `start` ascending; RangeError if not, and for reversed intervals. One of zero length shares time with none. */
export function selfOverlap(start: Float64Array, end: Float64Array): SelfOverlap {
  if (!isSorted(start)) throw new RangeError("intervals are not sorted by start");
  let runs = 0;
  let time = 0;
  /** Of those so far the last two to end: one runs until the later, two until the earlier; and whether the last was counted. */
  let lastEnd = -Infinity;
  let secondEnd = -Infinity;
  let counted = true;
  let long = 0;
  for (let i = 0; i < start.length; i++) {
    const from = start[i]!;
    const to = end[i]!;
    checkInterval(from, to);
    if (from === to) continue;
    long++;
    const beside = from < lastEnd;
    if (beside) {
      runs += counted ? 1 : 2;
      counted = true;
      time += Math.max(0, Math.min(to, lastEnd) - Math.max(from, secondEnd));
    }
    if (to > lastEnd) {
      secondEnd = lastEnd;
      lastEnd = to;
      counted = beside;
    } else if (to > secondEnd) secondEnd = to;
  }
  return { runs, mostAtOnce: runs === 0 ? Math.min(1, long) : mostAtOnce(start, end), time };
}

function mostAtOnce(start: Float64Array, end: Float64Array): number {
  const ends = end.toSorted();
  let most = 0;
  for (let s = 0, e = 0; s < start.length; s++) {
    // At one instant ends come first: touching runs share nothing, and one of zero length has ended when it starts.
    while (ends[e]! <= start[s]!) e++;
    most = Math.max(most, s + 1 - e);
  }
  return most;
}
