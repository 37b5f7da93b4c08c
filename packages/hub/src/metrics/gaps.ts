import { medianOf } from "@culprit/analysis";

/**
 * Points in milliseconds. Sources differ in how often they are read, so a gap is what is longer than two and a half times
 * the series' own usual distance; one null, a step after the last point before it, stands for it.
 */
export function withGaps(
  times: Float64Array,
  values: Float64Array,
  step: number,
): { times: number[]; values: (number | null)[] } {
  const distances = times.subarray(1).map((time, before) => time - times[before]!);
  const longest = 2.5 * Math.max(step, medianOf(distances) || 0);
  const out: { times: number[]; values: (number | null)[] } = { times: [], values: [] };
  for (let i = 0; i < times.length; i++) {
    if (i > 0 && times[i]! - times[i - 1]! > longest) {
      out.times.push(Math.round((times[i - 1]! + step) / 1000));
      out.values.push(null);
    }
    out.times.push(Math.round(times[i]! / 1000));
    out.values.push(values[i]!);
  }
  return out;
}
