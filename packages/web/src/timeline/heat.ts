/** How many runs go on at once, per pixel column: the strip along the top of the timeline. */
import type { Run } from "./run.ts";
import type { View } from "./view.ts";

/** When runs went on, without their steps: a few numbers for each, made once and not in each frame. */
export type Busy = { start: Float64Array; end: Float64Array; atOnce: Float64Array };

export function busyOf(runs: readonly Run[]): Busy {
  const whole = runs.filter(({ step }) => step === undefined);
  return {
    start: Float64Array.from(whole, ({ start }) => start),
    end: Float64Array.from(whole, ({ end }) => end),
    atOnce: Float64Array.from(whole, ({ start, end, group }) =>
      group ? (group.busySeconds * 1000) / (end - start) : 1,
    ),
  };
}

/** Mean number of runs at a time in each of `columns` equal parts of the view. */
export function concurrency(busy: Busy, view: View, columns: number, now: number): Float64Array {
  // Cumulative busy time at the columns' edges, as a sum of ramps: two changes of slope per run.
  const slope = new Float64Array(columns + 2);
  const base = new Float64Array(columns + 2);
  const scale = columns / (view.to - view.from);
  for (let run = 0; run < busy.start.length; run++) {
    const start = busy.start[run]!;
    const from = Math.max(0, (start - view.from) * scale);
    const to = Math.min(columns, (Math.min(busy.end[run]!, Math.max(now, start)) - view.from) * scale);
    if (to <= from) continue;
    ramp(slope, base, from, busy.atOnce[run]!);
    ramp(slope, base, to, -busy.atOnce[run]!);
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
