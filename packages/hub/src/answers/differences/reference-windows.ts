/** The same hours before a window: what it is compared with. */
import { microsPerSecond } from "@culprit/protocol";
import type { MicrosWindow } from "../../window.ts";

const day = 86_400 * microsPerSecond;
/** Enough to tell the unusual, and two of the same day of the week; samples are kept as long by default. */
const daysBack = 14;

/**
 * Windows as long as this one and whole days earlier, the latest first, none overlapping another: of a window of up to a day
 * one for each of 14 days, of one of three days four.
 */
export function referenceWindows({ from, to }: MicrosWindow): MicrosWindow[] {
  const apart = Math.ceil((to - from) / day) * day;
  const windows: MicrosWindow[] = [];
  for (let back = apart; back <= daysBack * day; back += apart)
    windows.push({ from: from - back, to: to - back });
  return windows;
}
