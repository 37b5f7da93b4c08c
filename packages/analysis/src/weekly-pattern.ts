/**
 * What the hour of the week explains of a series: the medians of the distances from the level of the surrounding week, by
 * part of the week. They count only if each value is told better by the others of its part than by nothing (mean absolute
 * error, leaving itself out): a pattern that does not repeat is noise.
 */
import type { Blocks } from "./blocks.ts";
import { medianOf } from "./statistics.ts";

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
  // Half a day before the first run, so that those of a daily job stand in the middle of their part.
  const origin = at[0]! - day / 2;
  const often = value.length / (span / day) > 1.5;
  const parts = new Map<number, number[]>();
  for (let i = 0; i < value.length; i++) {
    const time = (at[i]! - origin) % week;
    const part = often ? Math.floor((time / day) * partsOfDay) : Math.floor(time / day);
    const known = parts.get(part);
    if (known) known.push(i);
    else parts.set(part, [i]);
  }
  const distances = fromWeeklyLevel(at, value);
  let errorWithout = 0;
  let errorWith = 0;
  const rest = value.slice();
  for (const members of parts.values()) {
    const effect = members.length < leastValues ? 0 : medianOf(members.map((i) => distances[i]!));
    for (const i of members) {
      const others = members.filter((other) => other !== i).map((other) => distances[other]!);
      errorWithout += Math.abs(distances[i]!);
      errorWith += Math.abs(distances[i]! - (members.length < leastValues ? 0 : medianOf(others)));
      rest[i] = value[i]! - effect;
    }
  }
  return errorWith < worthwhile * errorWithout ? rest : value;
}

/** Distances from the median of the week around each value, which at the ends is the first and the last whole week. */
function fromWeeklyLevel(at: Float64Array, value: Float64Array): Float64Array {
  const first = at[0]!;
  const last = at.at(-1)!;
  const distances = new Float64Array(value.length);
  let from = 0;
  let to = 0;
  for (let i = 0; i < value.length; i++) {
    const begin = Math.max(first, Math.min(at[i]! - week / 2, last - week));
    while (at[from]! < begin) from++;
    while (to < value.length && at[to]! <= begin + week) to++;
    distances[i] = value[i]! - medianOf(value.subarray(from, to));
  }
  return distances;
}
