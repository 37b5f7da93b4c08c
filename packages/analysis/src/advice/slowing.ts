/**
 * How much speed one group loses over time to the places it needs: the stretches of contended time, ascending and apart,
 * with the speed lost there, 1 - product over places of 1 / (1 + s X). A run that starts at t with the work W ends where
 * F(end) = F(t) + W, F(t) = t - what is lost until t, which never falls: two binary searches.
 */
import { loadOf, type Contention } from "../attribution/contention.ts";
import { stretchOf } from "../attribution/lost-speed.ts";

export type Slowing = {
  from: Float64Array;
  to: Float64Array;
  /** Of the speed, 0..1. */
  lost: Float64Array;
  /** Seconds lost until `from`. */
  before: Float64Array;
};

/** `value`: how sensitive the group is to that place. */
export function slowingOf(places: readonly { contention: Contention; value: number }[]): Slowing {
  const bends = Float64Array.from(places.flatMap(({ contention: { from, to } }) => [...from, ...to])).sort();
  const at = places.map(() => 0);
  const rows = { from: [] as number[], to: [] as number[], lost: [] as number[] };
  for (let bend = 0; bend + 1 < bends.length; bend++) {
    const from = bends[bend]!;
    const to = bends[bend + 1]!;
    if (to === from) continue;
    let speed = 1;
    for (const [p, { contention, value }] of places.entries()) {
      let k = at[p]!;
      while (k < contention.to.length && contention.to[k]! <= from) k++;
      at[p] = k;
      if (k >= contention.from.length || contention.from[k]! > from) continue;
      const { demand, unlogged, stolen } = contention;
      speed /= 1 + value * stretchOf(loadOf(demand[k]!, unlogged[k]!, stolen[k]!));
    }
    if (speed === 1) continue;
    rows.from.push(from);
    rows.to.push(to);
    rows.lost.push(1 - speed);
  }
  const slowing = {
    from: Float64Array.from(rows.from),
    to: Float64Array.from(rows.to),
    lost: Float64Array.from(rows.lost),
    before: new Float64Array(rows.from.length),
  };
  for (let k = 1; k < slowing.from.length; k++)
    slowing.before[k] =
      slowing.before[k - 1]! + slowing.lost[k - 1]! * (slowing.to[k - 1]! - slowing.from[k - 1]!);
  return slowing;
}

/** Seconds that a run in [from, to) loses. */
export function lostBetween(slowing: Slowing, from: number, to: number): number {
  return lostUntil(slowing, to) - lostUntil(slowing, from);
}

function lostUntil({ from, to, lost, before }: Slowing, instant: number): number {
  const k = lastNotAbove(from, instant);
  return k < 0 ? 0 : before[k]! + lost[k]! * (Math.min(instant, to[k]!) - from[k]!);
}

/** When work that starts at `start` is done. */
export function endOfWork(slowing: Slowing, start: number, work: number): number {
  const { from, to, lost, before } = slowing;
  const goal = start - lostUntil(slowing, start) + work;
  let low = 0;
  let high = from.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (from[middle]! - before[middle]! <= goal) low = middle + 1;
    else high = middle;
  }
  const k = low - 1;
  if (k < 0) return goal;
  const within = from[k]! + (goal - (from[k]! - before[k]!)) / (1 - lost[k]!);
  return within <= to[k]! ? within : goal + before[k]! + lost[k]! * (to[k]! - from[k]!);
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
