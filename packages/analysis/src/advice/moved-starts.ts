/**
 * Whether a process starts at other times of day for good: the day that best divides its days into those with the old
 * times and those with the new ones. Of two stretches of days the times of day are compared as histograms of minutes,
 * widened by how late starts usually are: they share nothing (0) or all (1), and a move by d is what makes the old ones,
 * turned by d, share nearly all with the new ones. It must show in local time and in UTC: a change of clocks shows in one.
 */
import { offsetsWithin } from "../schedule/zone.ts";
import { medianOf } from "../statistics.ts";
import { day } from "./plan.ts";

/** Positions of starts: the old times hold from `from` on, the new ones from `at` on. */
export type MovedStarts = { from: number; at: number; shiftSeconds: number };

const minutesInDay = 1440;
/** On each side, days and starts. */
const leastDays = 3;
/** More starts in a day have no times of their own. */
const mostPerDay = 60;
/** Old and new times share no more than this, and turned at least that. */
const mostShared = 0.15;
const leastShared = 0.75;
/** Turns that share so much of the most are as good. */
const nearlyMost = 0.9;
/** The usual lateness, in minutes, with which times are no times any more. */
const mostLate = 20;
/** A smaller move, in minutes, is a job that starts a little late now. */
const leastShift = 3;

/** `starts`: seconds since 1970, ascending. Null if they did not move. */
export function findMovedStarts(starts: Float64Array, zone: string): MovedStarts | null {
  const count = starts.length;
  const days = count === 0 ? 0 : (starts[count - 1]! - starts[0]!) / day;
  if (count < 2 * leastDays || days < 2 * leastDays - 1 || count / days > mostPerDay) return null;
  const local = new TimesOfDay(starts, zone);
  if (local.late > mostLate) return null;
  let at = local.split(0, count);
  if (at === null) return null;
  let from = 0;
  for (let later = local.split(at, count); later !== null; later = local.split(at, count)) {
    from = at;
    at = later;
  }
  for (let inner = local.split(from, at); inner !== null; inner = local.split(from, at)) from = inner;
  const lastDays = starts.findIndex((start) => start > starts[count - 1]! - leastDays * day);
  const utc = zone === "UTC" ? local : new TimesOfDay(starts, "UTC");
  const isApart = [local, utc].every((times) => times.shared(from, at, at, count) <= mostShared);
  if (!isApart || local.shared(from, at, Math.max(at, lastDays), count) > mostShared) return null;
  const shift = local.turn(from, at, count);
  return shift === null ? null : { from, at, shiftSeconds: shift * 60 };
}

class TimesOfDay {
  readonly #starts: Float64Array;
  readonly #minutes: Float64Array;
  /** Minutes, usually, from a start to the nearest one of the day before; else to the one before. */
  readonly late: number;

  constructor(starts: Float64Array, zone: string) {
    this.#starts = starts;
    const offsetOf = offsetsWithin(zone, (starts[0] ?? 0) * 1000, (starts.at(-1) ?? 0) * 1000);
    this.#minutes = starts.map((start) => {
      const local = start + offsetOf(start * 1000) / 1000;
      return ((((local % day) + day) % day) / 60) % minutesInDay;
    });
    this.late = this.#usualLateness();
  }

  /** The part of two stretches' times that is the same, 0..1; the first one turned by some minutes. */
  shared(from: number, to: number, otherFrom: number, otherTo: number): number {
    return sharedPart(this.#histogram(from, to), this.#histogram(otherFrom, otherTo), 0);
  }

  /** The position that divides a stretch into two that share least; null if they still share. */
  split(from: number, to: number): number | null {
    let best: number | null = null;
    let least = mostShared;
    for (let at = from + leastDays; at <= to - leastDays; at++) {
      const startsDay =
        this.#starts[at]! - this.#starts[at - 1]! > day / 4 || this.#dayOf(at) !== this.#dayOf(at - 1);
      if (!startsDay) continue;
      if (this.#daysIn(from, at) < leastDays || this.#daysIn(at, to) < leastDays) continue;
      const shared = this.shared(from, at, at, to);
      if (shared <= least) [best, least] = [at, shared];
    }
    return best;
  }

  /** The smallest turn, in minutes, that makes the old times nearly the new ones; null if none does. */
  turn(from: number, at: number, to: number): number | null {
    const old = this.#histogram(from, at);
    const now = this.#histogram(at, to);
    const shared = Float64Array.from({ length: minutesInDay }, (_, turn) => sharedPart(old, now, turn));
    const most = Math.max(...shared);
    if (most < leastShared) return null;
    const turns = [...shared.keys()]
      .map((turn) => ({ turn: turn > minutesInDay / 2 ? turn - minutesInDay : turn, shared: shared[turn]! }))
      .toSorted((a, b) => Math.abs(a.turn) - Math.abs(b.turn));
    // What starts every four hours has six turns, of which chance makes one the best: the smallest is meant.
    const smallest = turns.find((one) => one.shared >= nearlyMost * most)!;
    const near = turns.filter(({ turn }) => Math.abs(turn - smallest.turn) <= mostLate);
    const { turn } = near.reduce((best, one) => (one.shared > best.shared + 1e-9 ? one : best));
    return Math.abs(turn) < Math.max(leastShift, 2 * this.late) ? null : turn;
  }

  #histogram(from: number, to: number): Float64Array {
    const histogram = new Float64Array(minutesInDay);
    const half = Math.ceil(this.late);
    const part = 1 / ((to - from) * (2 * half + 1));
    for (let i = from; i < to; i++) {
      const minute = Math.floor(this.#minutes[i]!) + minutesInDay;
      for (let near = -half; near <= half; near++) histogram[(minute + near) % minutesInDay]! += part;
    }
    return histogram;
  }

  #usualLateness(): number {
    const distances: number[] = [];
    let from = 0;
    for (let i = 1; i < this.#starts.length; i++) {
      while (this.#starts[i]! - this.#starts[from]! > 1.5 * day) from++;
      let nearest = Infinity;
      for (let other = from; other < i && this.#starts[i]! - this.#starts[other]! > day / 2; other++)
        nearest = Math.min(nearest, distance(this.#minutes[i]!, this.#minutes[other]!));
      // One that starts once a week has none a day before.
      if (nearest === Infinity) nearest = distance(this.#minutes[i]!, this.#minutes[i - 1]!);
      distances.push(nearest);
    }
    return distances.length === 0 ? Infinity : medianOf(distances);
  }

  #dayOf(at: number): number {
    return Math.floor(this.#starts[at]! / day);
  }

  #daysIn(from: number, to: number): number {
    return (this.#starts[to - 1]! - this.#starts[from]!) / day + 1;
  }
}

function distance(minute: number, other: number): number {
  const apart = Math.abs(minute - other);
  return Math.min(apart, minutesInDay - apart);
}

function sharedPart(one: Float64Array, other: Float64Array, turn: number): number {
  let sum = 0;
  for (let minute = 0; minute < minutesInDay; minute++)
    sum += Math.min(one[minute]!, other[(minute + turn) % minutesInDay]!);
  return sum;
}
