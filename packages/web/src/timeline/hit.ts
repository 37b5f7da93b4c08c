/** What lies under a point. Pixels: x from the left edge of the plot, y from the top of the first lane. */
import { rowHeight, type Lane } from "./lanes.ts";
import type { Run } from "./run.ts";
import { toTime, type View } from "./view.ts";

const tolerance = 4;

export function laneAt(lanes: readonly Lane[], y: number): Lane | undefined {
  let low = 0;
  let high = lanes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const lane = lanes[middle]!;
    if (y < lane.top) high = middle - 1;
    else if (y >= lane.top + lane.height) low = middle + 1;
    else return lane;
  }
  return undefined;
}

/** The run under the point, or the nearest within a few pixels beside it, so that thin bars can be hit. */
export function runAt(
  lanes: readonly Lane[],
  view: View,
  width: number,
  point: { x: number; y: number },
  now: number,
): Run | undefined {
  const lane = laneAt(lanes, point.y);
  if (!lane) return undefined;
  const row = lane.rows[Math.floor((point.y - lane.top) / rowHeight(lane))];
  if (!row) return undefined;
  const time = toTime(view, width, point.x);
  const reach = ((view.to - view.from) / width) * tolerance;
  let best: Run | undefined;
  let bestDistance = reach;
  for (const run of row) {
    if (run.start > time + reach) break;
    const distance = Math.max(run.start - time, time - Math.min(run.end, Math.max(now, run.start)), 0);
    if (distance < bestDistance || (distance === 0 && bestDistance === 0))
      [best, bestDistance] = [run, distance];
  }
  return best;
}
