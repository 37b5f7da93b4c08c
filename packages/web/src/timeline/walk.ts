/** Which run or incident a key leads to: along its lane in time, or to the nearest in time of the next lane that has one. */
import { itemsOf, type Item, type Lane } from "./lanes.ts";
import type { View } from "./view.ts";

export type Step = "previous" | "next" | "up" | "down";

export function walked(
  lanes: readonly Lane[],
  view: View,
  focus: Item | undefined,
  step: Step,
): Item | undefined {
  const filled = lanes.map(itemsOf).filter((items) => items.length > 0);
  const index = filled.findIndex((items) => items.some(({ key }) => key === focus?.key));
  const own = filled[index];
  if (!focus || !own) return entrance(lanes, view);
  if (step === "up" || step === "down") {
    const beside = filled[index + (step === "up" ? -1 : 1)];
    return beside ? nearest(beside, focus.start) : focus;
  }
  const position = own.findIndex(({ key }) => key === focus.key);
  return own[position + (step === "next" ? 1 : -1)] ?? focus;
}

/** Where the keyboard enters: the newest in view of the first lane that has one there, of runs before checks. */
function entrance(lanes: readonly Lane[], view: View): Item | undefined {
  const [checks, runs] = [
    lanes.filter(({ incidents }) => incidents),
    lanes.filter(({ incidents }) => !incidents),
  ];
  for (const lane of [...runs, ...checks]) {
    const newest = itemsOf(lane).findLast(({ start, end }) => start < view.to && end > view.from);
    if (newest) return newest;
  }
  return undefined;
}

function nearest(items: readonly Item[], time: number): Item | undefined {
  let best: Item | undefined;
  for (const item of items)
    if (!best || Math.abs(item.start - time) < Math.abs(best.start - time)) best = item;
  return best;
}
