/**
 * What the hour of the week explains of a series: the medians of the distances from the level of the surrounding week, by
 * part of the week. They count only if each value is told better by the others of its part than by nothing (mean absolute
 * error, leaving itself out): a pattern that does not repeat is noise.
 */
import type { Blocks } from "./blocks.ts";
import { runningMedian } from "./running-median.ts";

const day = 86_400;
const week = 7 * day;
/** Parts of a day, where there is more than about one value a day. */
const partsOfDay = 8;
/** Fewer values of a part tell nothing about it. */
const leastValues = 3;
/** A pattern must take this much off the error. */
const worthwhile = 0.9;

/** The values without their weekly pattern; the very same array if they have none. `at`: seconds since 1970. */
export function withoutWeeklyPattern({ at, value }: Blocks): Float64Array {
  const span = at.at(-1)! - at[0]!;
  if (span < 2 * week) return value;
  const valuesPerDay = value.length / (span / day);
  const distances = fromWeeklyLevel(value, Math.round(valuesPerDay * 3.5));
  const rest = value.slice();
  let errorWithout = 0;
  let errorWith = 0;
  for (const members of partsOfWeek(at, valuesPerDay > 1.5 ? day / partsOfDay : day)) {
    for (const i of members) errorWithout += Math.abs(distances[i]!);
    const sorted = members.map((i) => distances[i]!).sort((a, b) => a - b);
    const counts = members.length >= leastValues;
    for (const i of members) {
      errorWith += Math.abs(distances[i]! - (counts ? medianWithout(sorted, distances[i]!) : 0));
      if (counts) rest[i] = value[i]! - middle(sorted);
    }
  }
  return errorWith < worthwhile * errorWithout ? rest : value;
}

/** Distances from the median of the week around each value, which at the ends is the first and the last whole week. */
function fromWeeklyLevel(value: Float64Array, halfWeek: number): Float64Array {
  const level = runningMedian(value, halfWeek);
  const last = value.length - 1 - halfWeek;
  return value.map((one, i) => one - level[Math.max(halfWeek, Math.min(last, i))]!);
}

/** Positions by part of the week, counted from half a part before the first: daily ones are in the middle of theirs. */
function partsOfWeek(at: Float64Array, length: number): number[][] {
  const parts: number[][] = [];
  const origin = at[0]! - length / 2;
  for (let i = 0; i < at.length; i++) (parts[Math.floor(((at[i]! - origin) % week) / length)] ??= []).push(i);
  return parts.filter((part) => part !== undefined);
}

/** The median of the others. */
function medianWithout(sorted: readonly number[], value: number): number {
  const own = sorted.indexOf(value);
  const other = (k: number): number => sorted[k < own ? k : k + 1]!;
  const count = sorted.length - 1;
  return (other((count - 1) >> 1) + other(count >> 1)) / 2;
}

function middle(sorted: readonly number[]): number {
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
