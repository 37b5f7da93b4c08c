/** How many runs go on at once, per pixel column: the strip along the top of the timeline. */
import type { Run } from "./run.ts";
import type { View } from "./view.ts";

/** Mean number of runs at a time in each of `columns` equal parts of the view. Steps do not count beside their run. */
export function concurrency(runs: readonly Run[], view: View, columns: number, now: number): Float64Array {
  // Cumulative busy time at the columns' edges, as a sum of ramps: two changes of slope per run.
  const slope = new Float64Array(columns + 2);
  const base = new Float64Array(columns + 2);
  const scale = columns / (view.to - view.from);
  for (const run of runs) {
    if (run.step !== undefined) continue;
    const from = Math.max(0, (run.start - view.from) * scale);
    const to = Math.min(columns, (Math.min(run.end, Math.max(now, run.start)) - view.from) * scale);
    if (to <= from) continue;
    const { group } = run;
    const atOnce = group ? (group.busySeconds * 1000) / (run.end - run.start) : 1;
    ramp(slope, base, from, atOnce);
    ramp(slope, base, to, -atOnce);
  }
  const heat = new Float64Array(columns);
  let rate = 0;
  for (let column = 0; column < columns; column++) {
    heat[column] = rate + base[column]!;
    rate += slope[column]!;
  }
  return heat;
}

/** From position `at` on, `more` at a time: in its own column for the part after `at`, in the next ones fully. */
function ramp(slope: Float64Array, base: Float64Array, at: number, more: number): void {
  const column = Math.floor(at);
  base[column]! += more * (column + 1 - at);
  slope[column]! += more;
}
