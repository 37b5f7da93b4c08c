/**
 * How much speed one group loses over time to the places it needs: the stretches of contended time, ascending and apart,
 * with the speed lost there, 1 - product over places of 1 / (1 + s X), and prefix sums: what a run lost is two binary
 * searches.
 */
import { loadOf, type Contention } from "../attribution/from-demand/contention.ts";
import { stretchOf } from "../attribution/from-demand/lost-speed.ts";

export type Slowing = {
  from: Float64Array;
  to: Float64Array;
  /** Of the speed, 0..1. */
  lost: Float64Array;
  /** Seconds lost until `from`. */
  before: Float64Array;
};

/** `value`: how sensitive the group is to that place. */
type Sensitive = { contention: Contention; value: number };

export function slowingOf(places: readonly Sensitive[]): Slowing {
  if (places.length === 1) return slowingOfOne(places[0]!);
  const most = places.reduce((sum, { contention }) => sum + 2 * contention.from.length, 0);
  const from = new Float64Array(most);
  const to = new Float64Array(most);
  const lost = new Float64Array(most);
  const before = new Float64Array(most);
  const at = new Int32Array(places.length);
  let count = 0;
  for (let now = -Infinity; ;) {
    let next = Infinity;
    let speed = 1;
    for (let p = 0; p < places.length; p++) {
      const { contention, value } = places[p]!;
      while (at[p]! < contention.to.length && contention.to[at[p]!]! <= now) at[p]!++;
      const k = at[p]!;
      if (k === contention.from.length) continue;
      const begin = contention.from[k]!;
      next = Math.min(next, begin > now ? begin : contention.to[k]!);
      if (begin <= now) speed /= 1 + value * stretchAt(contention, k);
    }
    if (next === Infinity) break;
    if (speed < 1) {
      from[count] = now;
      to[count] = next;
      lost[count] = 1 - speed;
      if (count > 0)
        before[count] = before[count - 1]! + lost[count - 1]! * (to[count - 1]! - from[count - 1]!);
      count++;
    }
    now = next;
  }
  return {
    from: from.subarray(0, count),
    to: to.subarray(0, count),
    lost: lost.subarray(0, count),
    before: before.subarray(0, count),
  };
}

/** The same with no stretch cut in two: of a million runs that crowd one place there are two million. */
function slowingOfOne({ contention, value }: Sensitive): Slowing {
  const { from, to } = contention;
  const lost = new Float64Array(from.length);
  const before = new Float64Array(from.length);
  for (let k = 0; k < from.length; k++) {
    lost[k] = 1 - 1 / (1 + value * stretchAt(contention, k));
    if (k > 0) before[k] = before[k - 1]! + lost[k - 1]! * (to[k - 1]! - from[k - 1]!);
  }
  return { from, to, lost, before };
}

function stretchAt({ demand, unlogged, stolen }: Contention, k: number): number {
  return stretchOf(loadOf(demand[k]!, unlogged[k]!, stolen[k]!));
}

/** Seconds that a run in [from, to) loses. */
export function lostBetween(slowing: Slowing, from: number, to: number): number {
  return lostUntil(slowing, to) - lostUntil(slowing, from);
}

function lostUntil({ from, to, lost, before }: Slowing, instant: number): number {
  const k = lastNotAbove(from, instant);
  return k < 0 ? 0 : before[k]! + lost[k]! * (Math.min(instant, to[k]!) - from[k]!);
}

function lastNotAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
