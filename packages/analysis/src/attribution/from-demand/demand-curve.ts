/** All demand of runs on one resource over time: constant between the instants where runs start and end. */
import { orderOf } from "../../intervals.ts";

/** Runs that ask for a resource, sorted by start. */
export type Demanding = { start: Float64Array; end: Float64Array; demand: Float64Array };

export type DemandCurve = {
  /** Ascending; an instant may come more than once. */
  at: Float64Array;
  /** From there on. */
  demand: Float64Array;
  /** Demand times seconds until there. */
  gathered: Float64Array;
};

/** Below so many the radix sort's tables cost more than they save. */
const few = 4096;

export function demandCurve({ start, end, demand }: Demanding): DemandCurve {
  const count = start.length;
  const ends = count < few ? Uint32Array.from(end.keys()).sort((a, b) => end[a]! - end[b]!) : orderOf(end);
  const curve = {
    at: new Float64Array(count * 2),
    demand: new Float64Array(count * 2),
    gathered: new Float64Array(count * 2),
  };
  let now = 0;
  let running = 0;
  let gathered = 0;
  for (let bend = 0, s = 0, e = 0; bend < count * 2; bend++) {
    const starts = s < count && start[s]! <= end[ends[e]!]!;
    const at = starts ? start[s]! : end[ends[e]!]!;
    if (bend > 0) gathered += now * (at - curve.at[bend - 1]!);
    if (starts) {
      now += demand[s++]!;
      running++;
    } else {
      running--;
      // With nobody there no rounding is left either.
      now = running === 0 ? 0 : Math.max(0, now - demand[ends[e]!]!);
      e++;
    }
    curve.at[bend] = at;
    curve.demand[bend] = now;
    curve.gathered[bend] = gathered;
  }
  return curve;
}

/** Mean demand in the interval that ends at each of `at` (ascending) and lasts `seconds` there. */
export function meanDemand(curve: DemandCurve, at: Float64Array, seconds: Float64Array): Float64Array {
  const mean = new Float64Array(at.length);
  for (let i = 0, first = 0, last = 0; i < at.length; i++) {
    const from = at[i]! - seconds[i]!;
    while (first < curve.at.length && curve.at[first]! < from) first++;
    last = Math.max(first, last);
    while (last < curve.at.length && curve.at[last]! < at[i]!) last++;
    if (seconds[i]! > 0)
      mean[i] = (gathered(curve, last - 1, at[i]!) - gathered(curve, first - 1, from)) / seconds[i]!;
  }
  return mean;
}

function gathered({ at, demand, gathered: until }: DemandCurve, bend: number, instant: number): number {
  return bend < 0 ? 0 : until[bend]! + demand[bend]! * (instant - at[bend]!);
}
