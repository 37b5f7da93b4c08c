/** A process that runs beside itself on one machine: a sweep over its starts and ends, [start, end). */
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
  start.forEach((from, i) => checkInterval(from, end[i]!));
  const long = (_: number, i: number) => start[i]! < end[i]!;
  const starts = start.filter(long);
  const ends = end.filter(long);
  return { runs: besideAnother(starts, ends), ...atOnce(starts, ends.toSorted()) };
}

function besideAnother(starts: Float64Array, ends: Float64Array): number {
  let runs = 0;
  /** Of those so far the last to end, which is beside the next one if any of them is; and whether it was counted. */
  let lastEnd = -Infinity;
  let counted = true;
  for (let i = 0; i < starts.length; i++) {
    const beside = starts[i]! < lastEnd;
    if (beside) {
      runs += counted ? 1 : 2;
      counted = true;
    }
    if (ends[i]! > lastEnd) {
      lastEnd = ends[i]!;
      counted = beside;
    }
  }
  return runs;
}

function atOnce(starts: Float64Array, sortedEnds: Float64Array): { mostAtOnce: number; time: number } {
  let running = 0;
  let mostAtOnce = 0;
  let time = 0;
  let since = 0;
  for (let s = 0, e = 0; e < sortedEnds.length;) {
    // At one instant ends come first: touching runs share nothing.
    const starting = s < starts.length && starts[s]! < sortedEnds[e]!;
    const at = starting ? starts[s++]! : sortedEnds[e++]!;
    if (running > 1) time += at - since;
    since = at;
    running += starting ? 1 : -1;
    mostAtOnce = Math.max(mostAtOnce, running);
  }
  return { mostAtOnce, time };
}
