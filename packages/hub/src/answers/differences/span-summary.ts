/** What the processes of a window did, from columns. Pure; runs in the analysis thread. */
import { medianOf } from "@culprit/analysis";
import { microsPerSecond, type Micros } from "@culprit/protocol/vocabulary";
import type { MicrosWindow } from "../../window.ts";
import { eraOf } from "../eras.ts";
import { endOf, groupKey, okOutcome, runningOutcome, secondsOf } from "../run-groups.ts";
import type { Place } from "../run-model.ts";
import type { Judged } from "../run-statistics.ts";

/** `duration`: the median of its runs relative to their normal; NaN with none that ended well. */
export type SpanSummary = Place & { runs: number; failures: number; busySeconds: number; duration: number };

/** Whole processes by machine; runs that began before the window count for the time that they ran in it alone. */
export function summarizeSpan({ columns, groups, eras, now }: Judged, window: MicrosWindow): SpanSummary[] {
  const places = new Map<string, SpanSummary & { relative: number[] }>();
  for (const group of groups) {
    if (group.stepId !== 0) continue;
    const { machineId, processId } = group;
    const key = `${machineId}/${processId}`;
    let place = places.get(key);
    if (!place)
      places.set(
        key,
        (place = { machineId, processId, runs: 0, failures: 0, busySeconds: 0, duration: NaN, relative: [] }),
      );
    const normals = eras.get(groupKey(group));
    for (const row of group.rows) {
      const startedAt = columns.startedAt[row]!;
      place.busySeconds += within(startedAt, endOf(columns, row, now), window) / microsPerSecond;
      if (startedAt < window.from) continue;
      place.runs++;
      const outcome = columns.outcome[row];
      if (outcome !== okOutcome && outcome !== runningOutcome) place.failures++;
      const seconds = outcome === okOutcome ? secondsOf(columns, row, now) : null;
      const normal = eraOf(normals, startedAt);
      if (seconds !== null && normal && normal.medianSeconds > 0)
        place.relative.push(seconds / normal.medianSeconds);
    }
  }
  return [...places.values()].map(({ relative, ...summary }) => ({
    ...summary,
    duration: relative.length === 0 ? NaN : medianOf(relative),
  }));
}

const within = (start: Micros, end: Micros, { from, to }: MicrosWindow): Micros =>
  Math.max(0, Math.min(end, to) - Math.max(start, from));
