/** From runs to rectangles: leaves out what is off the screen, merges what is thinner than a pixel. */
import type { ExecutionOutcome } from "@culprit/protocol";
import { isCrowded } from "./crowded.ts";
import type { Run } from "./run.ts";
import { toPixel, type View } from "./view.ts";

export type Bar = {
  x: number;
  width: number;
  outcome: ExecutionOutcome;
  /** Where the part beyond normal starts. */
  normalX: number | undefined;
  deviation: Run["deviation"];
  /** The only run, or the first of several drawn as one. */
  run: Run;
  count: number;
};

const thinnest = 1.5;
const widestMerged = 2;

/** A merged bar shows the outcome that matters most. */
const severity: Record<ExecutionOutcome, number> = { ok: 0, running: 1, lost: 2, timeout: 3, failed: 4 };

/** Bars of one row, left to right. `now` is where a run that still goes on ends. */
export function barsOf(row: readonly Run[], view: View, width: number, now: number): Bar[] {
  const bars: Bar[] = [];
  let last: Bar | undefined;
  for (let index = firstVisible(row, view.from); index < row.length; index++) {
    const run = row[index]!;
    if (run.start > view.to) break;
    const end = Math.min(run.end, Math.max(now, run.start));
    if (end < view.from) continue;
    const x = toPixel(view, width, Math.max(run.start, view.from));
    const right = toPixel(view, width, Math.min(end, view.to));
    // One pixel column, one bar: what can't be told apart is not drawn twice.
    if (last && right - x < thinnest && x < last.x + last.width + 0.5 && last.width < widestMerged) {
      last.width = Math.max(last.width, right - last.x);
      last.count++;
      if (severity[run.outcome] > severity[last.outcome]) last.outcome = run.outcome;
      last.deviation ??= run.deviation;
      continue;
    }
    last = {
      x,
      width: Math.max(thinnest, right - x),
      outcome: run.outcome,
      normalX: run.normalEnd === undefined ? undefined : Math.max(x, toPixel(view, width, run.normalEnd)),
      deviation: run.deviation,
      run,
      count: 1,
    };
    bars.push(last);
  }
  return bars;
}

/**
 * Position of the first run that may touch the view. Runs are sorted by start; in all rows but a crowded lane's last
 * they do not overlap, so only the run before the first that starts in view can reach into it.
 */
function firstVisible(row: readonly Run[], from: number): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle]!.start < from) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && row[low - 1]!.end >= from) low--;
  return low > 0 && isCrowded(row) ? 0 : low;
}
