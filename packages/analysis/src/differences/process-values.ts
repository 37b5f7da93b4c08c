/** What processes did in each of some spans, as rows to compare. */
import type { RunLog } from "../attribution/evidence.ts";
import { busyBetween, busyTime } from "../busy.ts";
import { medianOf } from "../statistics.ts";
import type { Span } from "./spans.ts";

export const processMeasures = ["busy", "duration", "runs", "failures"] as const;
export type ProcessMeasure = (typeof processMeasures)[number];

export const isCountOf: Record<ProcessMeasure, boolean> = {
  busy: false,
  duration: false,
  runs: true,
  failures: true,
};

/**
 * A row for each measure of each group, in the order of `processMeasures`, a column for each span: seconds that it ran; the
 * median of its runs relative to the group's median, NaN without a run; runs and failures, of those that started in it.
 * `failed`: by run. The log is sorted by start; RangeError if not.
 */
export function processValues(
  log: RunLog,
  failed: Uint8Array,
  groups: number,
  spans: readonly Span[],
): Float64Array {
  const columns = spans.length;
  const values = new Float64Array(groups * processMeasures.length * columns);
  for (const [group, runs] of positionsByGroup(log, groups).entries()) {
    const busy = busyTime(
      Float64Array.from(runs, (i) => log.start[i]!),
      Float64Array.from(runs, (i) => Math.max(log.start[i]!, log.end[i]!)),
    );
    const normal = medianOf(timed(log, runs));
    for (const [column, { from, to }] of spans.entries()) {
      const inside = runs.filter((i) => log.start[i]! >= from && log.start[i]! < to);
      const measures: Record<ProcessMeasure, number> = {
        busy: busyBetween(busy, from, to),
        duration: normal > 0 ? medianOf(timed(log, inside)) / normal : NaN,
        runs: inside.length,
        failures: inside.reduce((sum, i) => sum + failed[i]!, 0),
      };
      for (const [k, measure] of processMeasures.entries())
        values[(group * processMeasures.length + k) * columns + column] = measures[measure];
    }
  }
  return values;
}

function timed({ start, end, timed: isTimed }: RunLog, runs: Uint32Array): Float64Array {
  return Float64Array.from(
    runs.filter((i) => isTimed[i] === 1),
    (i) => end[i]! - start[i]!,
  );
}

function positionsByGroup({ group }: RunLog, groups: number): Uint32Array[] {
  const sizes = new Uint32Array(groups);
  for (const one of group) sizes[one]!++;
  const positions = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Uint32Array(groups);
  for (let i = 0; i < group.length; i++) positions[group[i]!]![filled[group[i]!]!++] = i;
  return positions;
}
