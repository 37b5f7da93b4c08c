/** Runs by the hour of the week in which they started, from columns. Pure; runs in the analysis thread. */
import { hourOfWeekIn, hoursOfWeek, medianOf } from "@culprit/analysis";
import type { HoursOfWeek } from "@culprit/protocol";
import { microsPerSecond, type Micros } from "@culprit/protocol/vocabulary";
import type { ExecutionColumns } from "../store/store.ts";
import { okOutcome, runningOutcome, secondsOf, type GroupRows } from "./run-groups.ts";

/** RangeError if there is no such zone. */
export function runsByHour(
  { columns, now }: { columns: ExecutionColumns; now: Micros },
  groups: readonly GroupRows[],
  zone: string,
): HoursOfWeek {
  const hourOf = hourOfWeekIn(zone);
  const hours = Array.from({ length: hoursOfWeek }, () => ({
    count: 0,
    failures: 0,
    seconds: [] as number[],
  }));
  for (const { rows } of groups) {
    for (const row of rows) {
      const hour = hours[hourOf(columns.startedAt[row]! / microsPerSecond)]!;
      const outcome = columns.outcome[row];
      hour.count++;
      if (outcome === runningOutcome) continue;
      if (outcome !== okOutcome) hour.failures++;
      const seconds = secondsOf(columns, row, now);
      if (seconds !== null) hour.seconds.push(seconds);
    }
  }
  return {
    zone,
    counts: hours.map(({ count }) => count),
    failures: hours.map(({ failures }) => failures),
    medianSeconds: hours.map(({ seconds }) => (seconds.length === 0 ? null : medianOf(seconds))),
  };
}
