/** What lies under a point. Pixels: x from the left edge of the plot, y from the top of the first lane. */
import { rowHeight, type Item, type Lane } from "./lanes.ts";
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

/** What is drawn at the point, or the nearest within a few pixels beside it, so that thin bars can be hit. */
export function itemAt(
  lanes: readonly Lane[],
  view: View,
  width: number,
  point: { x: number; y: number },
  now: number,
): Item | undefined {
  const lane = laneAt(lanes, point.y);
  if (!lane) return undefined;
  const row: readonly Item[] | undefined =
    lane.incidents ?? lane.rows[Math.floor((point.y - lane.top) / rowHeight(lane))];
  if (!row) return undefined;
  const time = toTime(view, width, point.x);
  const reach = ((view.to - view.from) / width) * tolerance;
  let best: Item | undefined;
  let bestDistance = reach;
  for (const item of row) {
    if (item.start > time + reach) break;
    const distance = Math.max(item.start - time, time - Math.min(item.end, Math.max(now, item.start)), 0);
    if (distance < bestDistance || (distance === 0 && bestDistance === 0))
      [best, bestDistance] = [item, distance];
  }
  return best;
}
