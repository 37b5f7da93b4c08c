/**
 * What each group did to each other on one resource: the sum over pairs of runs of weight of the victim x demand of the
 * other x their overlap in warped time (`contention.ts`). The same two ways as in overlap.ts: pairs are met one by one
 * while few run at once, else each start and end takes what every group has gathered so far.
 */
import { orderOf, pick } from "../../intervals.ts";

/** Runs sorted by start, in warped time; `group` counts from 0 on this resource. */
export type WarpedRuns = {
  start: Float64Array;
  end: Float64Array;
  group: Int32Array;
  /** As victims; 0: not a victim. */
  weight: Float64Array;
  demand: Float64Array;
};

/** Row-major, victim x suspect; the diagonal is what a group's runs did to each other. */
export function warpedTotals(runs: WarpedRuns, groups: number): Float64Array {
  const contended = withoutEmpty(runs);
  return (
    metPairs(contended, groups, 1_000_000 + contended.start.length * groups) ??
    gatheredTotals(contended, groups)
  );
}

function withoutEmpty({ start, end, group, weight, demand }: WarpedRuns): WarpedRuns {
  const rows: number[] = [];
  for (let i = 0; i < start.length; i++) if (end[i]! > start[i]!) rows.push(i);
  const order = Uint32Array.from(rows);
  return {
    start: pick(start, order, new Float64Array(rows.length)),
    end: pick(end, order, new Float64Array(rows.length)),
    group: pick(group, order, new Int32Array(rows.length)),
    weight: pick(weight, order, new Float64Array(rows.length)),
    demand: pick(demand, order, new Float64Array(rows.length)),
  };
}

/** Null once more than `affordable` pairs were met. */
export function metPairs(runs: WarpedRuns, groups: number, affordable: number): Float64Array | null {
  const { start, end, group, weight, demand } = runs;
  const totals = new Float64Array(groups * groups);
  const active: number[] = [];
  let pairs = 0;
  for (let i = 0; i < start.length; i++) {
    const from = start[i]!;
    const to = end[i]!;
    let kept = 0;
    for (const other of active) {
      const shared = Math.min(end[other]!, to) - from;
      if (end[other]! <= from) continue;
      active[kept++] = other;
      totals[group[i]! * groups + group[other]!]! += weight[i]! * demand[other]! * shared;
      totals[group[other]! * groups + group[i]!]! += weight[other]! * demand[i]! * shared;
    }
    active.length = kept;
    pairs += kept;
    if (pairs > affordable) return null;
    active.push(i);
  }
  return totals;
}

export function gatheredTotals(runs: WarpedRuns, groups: number): Float64Array {
  const { start, end, group, weight, demand } = runs;
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
    const sign = starts ? -weight[i]! : weight[i]!;
    const row = group[i]! * groups;
    for (let q = 0; q < groups; q++) {
      gathered[q]! += running[q]! * (at - last);
      totals[row + q]! += sign * gathered[q]!;
    }
    last = at;
    running[group[i]!]! += starts ? demand[i]! : -demand[i]!;
    if (starts) own[group[i]!]! += weight[i]! * demand[i]! * (end[i]! - start[i]!);
  }
  for (let p = 0; p < groups; p++) totals[p * groups + p]! -= own[p]!;
  return totals;
}
