/** The schedules of many processes at once. Pure; runs in the analysis thread. */
import { learnSchedule, type LearntSchedule } from "@culprit/analysis";
import type { Micros } from "@culprit/protocol";
import type { SupervisedRunColumns } from "../store/store.ts";

export type LearnQuestion = {
  columns: SupervisedRunColumns;
  /** By machine; UTC where it is not known. */
  zones: readonly (readonly [number, string])[];
  now: Micros;
};

export type LearntOf = {
  machineId: number;
  processId: number;
  runs: number;
  schedule: LearntSchedule | null;
};

/** Of every process on every machine in the columns, which are sorted by start. */
export function learnAll({ columns, zones, now }: LearnQuestion): LearntOf[] {
  const { machineId, processId, startedAt } = columns;
  const rows = new Map<string, number[]>();
  for (let row = 0; row < startedAt.length; row++) {
    const key = `${machineId[row]!}/${processId[row]!}`;
    const known = rows.get(key);
    if (known) known.push(row);
    else rows.set(key, [row]);
  }
  const zoneOf = new Map(zones);
  return [...rows.values()].map((some) => {
    const machine = machineId[some[0]!]!;
    const starts = Float64Array.from(some, (row) => startedAt[row]! / 1000);
    return {
      machineId: machine,
      processId: processId[some[0]!]!,
      runs: some.length,
      schedule: newestSchedule(starts, zoneOf.get(machine) ?? "UTC", now / 1000),
    };
  });
}

/** Of all history, else of its last two weeks or week: a crontab may have been changed since. */
function newestSchedule(starts: Float64Array, zone: string, now: number): LearntSchedule | null {
  for (const days of [Infinity, 14, 7]) {
    const first = now - days * 86_400_000;
    const learnt = learnSchedule(starts.subarray(starts.findIndex((start) => start >= first)), zone, now);
    if (learnt) return learnt;
    if (starts.at(-1)! < first) return null;
  }
  return null;
}
