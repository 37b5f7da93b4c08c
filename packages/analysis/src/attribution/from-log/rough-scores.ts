/**
 * A first look at all pairs of groups of one place at once: a plane sweep over planned windows, that meets each two that
 * overlap once. It tells which pairs are worth to be scored, at the cost of what overlaps and not of all pairs.
 */
import { orderOf } from "../../intervals.ts";

/** By run, in any order; `y` is NaN where the run is none of the victims' observations. */
export type PlannedWindows = {
  start: Float64Array;
  end: Float64Array;
  group: Int32Array;
  y: Float64Array;
};

/** Row-major by victim and suspect: runs of the victim that met the suspect, and sums over them of x, x^2 and x y. */
export type RoughScores = {
  met: Int32Array;
  x: Float64Array;
  xx: Float64Array;
  xy: Float64Array;
};

/** Null once more than `affordable` pairs of windows were met. */
export function roughScores(windows: PlannedWindows, groups: number, affordable: number): RoughScores | null {
  const cells = groups * groups;
  const scores = {
    met: new Int32Array(cells),
    x: new Float64Array(cells),
    xx: new Float64Array(cells),
    xy: new Float64Array(cells),
  };
  const { start, end, group, y } = windows;
  const active: number[] = [];
  let pairs = 0;
  const meet = (victim: number, suspect: number, seconds: number): void => {
    const value = y[victim]!;
    if (Number.isNaN(value)) return;
    const x = seconds / (end[victim]! - start[victim]!);
    const cell = group[victim]! * groups + group[suspect]!;
    scores.met[cell]!++;
    scores.x[cell]! += x;
    scores.xx[cell]! += x * x;
    scores.xy[cell]! += x * value;
  };
  for (const i of orderOf(start)) {
    const from = start[i]!;
    const to = end[i]!;
    if (!(to > from)) continue;
    for (let k = 0; k < active.length; k++) {
      while (k < active.length && end[active[k]!]! <= from) {
        const last = active.pop()!;
        if (k < active.length) active[k] = last;
      }
      if (k >= active.length) break;
      const other = active[k]!;
      if (group[other] === group[i]) continue;
      const seconds = Math.min(end[other]!, to) - from;
      meet(i, other, seconds);
      meet(other, i, seconds);
    }
    pairs += active.length;
    if (pairs > affordable) return null;
    active.push(i);
  }
  return scores;
}
