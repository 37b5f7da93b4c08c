/**
 * Overlap totals by pair of groups. Two ways that give the same numbers:
 * - enumerating: a plane sweep that meets each overlapping pair of intervals once; fast while few run at once.
 * - accumulating: at each start and end, the busy time that every group has gathered so far; its cost does not depend on
 *   how much overlaps, so it takes over where enumerating would grow with the square (all at one instant, runs that
 *   never end).
 * With whole microseconds all sums are exact up to 2^53.
 */
import { checkInterval, isSorted, orderOf, type Intervals } from "./intervals.ts";

/**
 * Row-major matrix of groups x groups, symmetric: the time shared by every pair of an interval of one group and an
 * interval of the other; on the diagonal by every pair of different intervals of the group.
 * The intervals must be sorted by start; RangeError if not, and for reversed ones.
 */
export function overlapTotals(intervals: Intervals, groups: number): Float64Array {
  check(intervals, groups);
  return (
    enumeratePairs(intervals, groups, affordablePairs(intervals, groups))?.totals ??
    accumulateTotals(intervals, groups)
  );
}

/**
 * A pair met costs about 1.5 steps of accumulating, of which each start and each end takes one per group: giving up at
 * one pair for two steps, the worst case is less than twice the better way.
 */
function affordablePairs({ start }: Intervals, groups: number): number {
  return 1_000_000 + start.length * groups;
}

/** Null once more than `affordable` pairs were met. */
export function enumeratePairs(
  { start, end, group }: Intervals,
  groups: number,
  affordable: number,
): { totals: Float64Array; pairs: number } | null {
  const totals = new Float64Array(groups * groups);
  let activeEnd = new Float64Array(64);
  let activeGroup = new Int32Array(64);
  let active = 0;
  let pairs = 0;
  for (let i = 0; i < start.length; i++) {
    const from = start[i]!;
    const to = end[i]!;
    if (to === from) continue;
    const row = group[i]! * groups;
    for (let k = 0; k < active; k++) {
      let otherEnd = activeEnd[k]!;
      while (otherEnd <= from && k < --active) {
        otherEnd = activeEnd[k] = activeEnd[active]!;
        activeGroup[k] = activeGroup[active]!;
      }
      if (otherEnd <= from) break;
      totals[row + activeGroup[k]!]! += (otherEnd < to ? otherEnd : to) - from;
    }
    pairs += active;
    if (pairs > affordable) return null;
    if (active === activeEnd.length) {
      activeEnd = grown(activeEnd, new Float64Array(active * 2));
      activeGroup = grown(activeGroup, new Int32Array(active * 2));
    }
    activeEnd[active] = to;
    activeGroup[active++] = group[i]!;
  }
  mirror(totals, groups);
  return { totals, pairs };
}

/** By parts: the time that i of p shares with q is what q gathers between start and end of i. */
export function accumulateTotals({ start, end, group }: Intervals, groups: number): Float64Array {
  const totals = new Float64Array(groups * groups);
  const running = new Float64Array(groups);
  const gathered = new Float64Array(groups);
  const own = new Float64Array(groups);
  const ends = orderOf(end);
  let last = start[0] ?? 0;
  for (let s = 0, e = 0; e < ends.length;) {
    const starts = s < start.length && start[s]! <= end[ends[e]!]!;
    const i = starts ? s++ : ends[e++]!;
    const at = starts ? start[i]! : end[i]!;
    const sign = starts ? -1 : 1;
    const passed = at - last;
    const row = group[i]! * groups;
    for (let q = 0; q < groups; q++) {
      const now = gathered[q]! + running[q]! * passed;
      gathered[q] = now;
      totals[row + q]! += sign * now;
    }
    last = at;
    running[group[i]!]! -= sign;
    if (starts) own[group[i]!]! += end[i]! - start[i]!;
  }
  // A group met itself: each interval with itself once, each pair of different ones twice.
  for (let p = 0; p < groups; p++) totals[p * groups + p] = (totals[p * groups + p]! - own[p]!) / 2;
  return totals;
}

function check({ start, end, group }: Intervals, groups: number): void {
  if (!isSorted(start)) throw new RangeError("intervals are not sorted by start");
  for (let i = 0; i < start.length; i++) {
    checkInterval(start[i]!, end[i]!);
    if (!(group[i]! >= 0 && group[i]! < groups))
      throw new RangeError(`group ${group[i]} outside 0..${groups - 1}`);
  }
}

function mirror(totals: Float64Array, groups: number): void {
  for (let p = 0; p < groups; p++) {
    for (let q = 0; q < p; q++) {
      const both = totals[p * groups + q]! + totals[q * groups + p]!;
      totals[p * groups + q] = totals[q * groups + p] = both;
    }
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
