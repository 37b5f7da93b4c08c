/**
 * The t test of one new value, (x - level) / (s sqrt(1 + 1/n)), by three views of its level, of which the least surprised
 * counts:
 *   - working days and weekends have levels of their own, and their spread in common;
 *   - what the same weekday was before, where that is nearer: what comes every Sunday is no news on a Sunday;
 *   - a straight line through time, where there are enough: what grows is higher today than ever.
 */
import { medianOf } from "../statistics.ts";
import { studentTails } from "../student.ts";
import type { References } from "./surprise.ts";

const leastForLine = 5;
/** Nearer to the level than the spread nothing is unusual, whatever the exact probability. */
const notable = 1;

/** With as many references the farthest one counts as far as the next: one bad day is no measure of the others. */
const enoughToDraw = 8;

/** ln p, both sides, for references without gaps; `floorAt`: the least spread at a level. -Infinity without any spread. */
export function newValueTests(
  value: number,
  { values: given, at, sameKind, sameWeekday }: References,
  floorAt: (level: number) => number,
): number {
  const count = given.length;
  const values = count < enoughToDraw ? given : drawnIn(given, sameKind);
  const { levels, alike } = levelsOf(values, sameKind);
  const level = levels[1];
  const freedom = count - (alike < count ? 2 : 1);
  if (freedom < 1) return 0;
  const rest = values.map((one, i) => one - levels[sameKind[i] === 1 ? 1 : 0]);
  const floor = floorAt(level);
  const spread = Math.max(floor, Math.sqrt(sumOfSquares(rest) / freedom));
  const weekday = values.filter((_, i) => sameWeekday[i] === 1);
  const away = weekday.length > 1 ? nearer(value - level, value - medianOf(weekday)) : value - level;
  const byLevel = logTails(away, spread * Math.sqrt(1 + 1 / alike), freedom);
  if (byLevel === 0 || freedom < leastForLine) return byLevel;
  return Math.max(byLevel, beyondLine(value - level, rest, at, floor, freedom - 1));
}

function drawnIn(values: Float64Array, sameKind: Uint8Array): Float64Array {
  const { levels } = levelsOf(values, sameKind);
  let farthest = 0;
  let most = -1;
  let next = -1;
  for (let i = 0; i < values.length; i++) {
    const distance = Math.abs(values[i]! - levels[sameKind[i] === 1 ? 1 : 0]);
    if (distance > most) {
      next = most;
      most = distance;
      farthest = i;
    } else if (distance > next) next = distance;
  }
  const drawn = values.slice();
  const level = levels[sameKind[farthest] === 1 ? 1 : 0];
  drawn[farthest] = level + Math.sign(values[farthest]! - level) * next;
  return drawn;
}

function levelsOf(values: Float64Array, sameKind: Uint8Array): { levels: [number, number]; alike: number } {
  const sums: [number, number] = [0, 0];
  let alike = 0;
  for (let i = 0; i < values.length; i++) {
    sums[sameKind[i] === 1 ? 1 : 0] += values[i]!;
    alike += sameKind[i]!;
  }
  return { levels: [sums[0] / Math.max(1, values.length - alike), sums[1] / alike], alike };
}

/** The value in question is at 0, where the line is less sure than within its references. */
function beyondLine(
  away: number,
  rest: Float64Array,
  at: Float64Array,
  floor: number,
  freedom: number,
): number {
  const middle = at.reduce((sum, one) => sum + one, 0) / at.length;
  let width = 0;
  let product = 0;
  for (let i = 0; i < at.length; i++) {
    width += (at[i]! - middle) ** 2;
    product += (at[i]! - middle) * rest[i]!;
  }
  const slope = width === 0 ? 0 : product / width;
  const squares = Math.max(0, sumOfSquares(rest) - slope * product);
  const spread = Math.max(floor, Math.sqrt(squares / freedom));
  const unsure = Math.sqrt(1 + 1 / rest.length + (width === 0 ? 0 : middle ** 2 / width));
  return logTails(away + slope * middle, spread * unsure, freedom);
}

/** The one nearer to zero; zero if they disagree about the side. */
function nearer(one: number, other: number): number {
  if (one * other <= 0) return 0;
  return Math.abs(one) < Math.abs(other) ? one : other;
}

function logTails(away: number, error: number, freedom: number): number {
  if (Math.abs(away) <= notable * error) return 0;
  return error === 0 ? -Infinity : Math.log(Math.max(1e-300, studentTails(away / error, freedom)));
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
