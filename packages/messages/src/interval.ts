/** Intervals of durations as people read them: bounds rounded outwards to what the interval's width says they are worth. */
import { formatDuration } from "./duration.ts";

/** Steps that look round in their unit; seconds. Below a second they are decimal. */
const steps = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];

export type DurationBounds = { low: string; high: string };

/** Seconds with `low` <= `high`; null where the interval is so narrow that both bounds read the same. */
export function formatBounds(low: number, high: number, locale: string): DurationBounds | null {
  const step = stepFor(high - low);
  const bounds = {
    low: formatDuration(Math.floor(low / step) * step, locale),
    high: formatDuration(Math.ceil(high / step) * step, locale),
  };
  return bounds.low === bounds.high ? null : bounds;
}

/** The largest round step of which ten and more fit into the width: bounds move by less than a tenth of it. */
function stepFor(width: number): number {
  const wanted = width / 10;
  const whole = steps.findLast((step) => step <= wanted);
  if (whole !== undefined) return whole;
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1e-6)));
  return power * ([5, 2].find((digit) => digit * power <= wanted) ?? 1);
}
