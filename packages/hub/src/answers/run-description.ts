/** One process as its page shows it, from columns. Pure; runs in the analysis thread. */
import { countWithin, distribute, medianOf } from "@culprit/analysis";
import type { HoursOfWeek, Statistics } from "@culprit/protocol";
import { microsPerSecond, type ExecutionKind, type Micros } from "@culprit/protocol/vocabulary";
import { historyOf, type HistoryChange, type RunHistory } from "./run-history.ts";
import type { GroupRows } from "./run-groups.ts";
import { runsByHour } from "./run-hours.ts";
import {
  finishedDurations,
  statisticsOf,
  summarizeProcesses,
  type Judged,
  type RunsSummary,
} from "./run-statistics.ts";

export type MachineDescription = RunHistory & {
  machineId: number;
  kind: ExecutionKind;
  statistics: Statistics;
};

export type ChangeAcross = HistoryChange & { machineIds: number[]; everywhere: boolean };

export type Description = {
  summaries: RunsSummary[];
  perMachine: MachineDescription[];
  change: ChangeAcross | null;
  hours: HoursOfWeek;
  distribution: { fromSeconds: number; toSeconds: number; count: number; countSince?: number }[];
};

/** Changes on several machines within this are one. */
const sameTime = 86_400 * microsPerSecond;

/** By step, and of its whole runs by machine and kind; RangeError if there is no such zone. */
export function describeProcess(judged: Judged, zone: string): Description {
  const whole = judged.groups.filter((group) => group.stepId === 0);
  const perMachine = whole.map((group) => ({
    machineId: group.machineId,
    kind: group.kind,
    statistics: statisticsOf(judged, [group]),
    ...historyOf(judged, group),
  }));
  const change = changeAcross(judged, whole, perMachine);
  return {
    summaries: summarizeProcesses(judged),
    perMachine,
    change,
    hours: runsByHour(judged, whole, zone),
    distribution: distribution(judged, whole, change?.everywhere ? change.at : null),
  };
}

/** Of the last changes the largest, with those that the other machines had at about the same time. */
function changeAcross(
  judged: Judged,
  whole: readonly GroupRows[],
  machines: readonly MachineDescription[],
): ChangeAcross | null {
  const lasts = machines.flatMap(({ changes }, at) => {
    const last = changes.at(-1);
    return last ? [{ at, last }] : [];
  });
  const [largest] = lasts.toSorted((a, b) => size(b.last) - size(a.last));
  if (!largest) return null;
  const same = lasts.filter(
    ({ last }) =>
      Math.abs(last.at - largest.last.at) <= sameTime && last.ratio > 1 === largest.last.ratio > 1,
  );
  const since = Math.min(...same.map(({ last }) => last.at));
  const after = same.map(({ at }) => finishedDurations(judged, [whole[at]!], since));
  return {
    ...largest.last,
    at: since,
    ratio: medianOf(same.map(({ last }) => last.ratio)),
    low: Math.min(...same.map(({ last }) => last.low)),
    high: Math.max(...same.map(({ last }) => last.high)),
    runsAfter: after.reduce((sum, durations) => sum + durations.length, 0),
    medianAfterSeconds: medianOf(after.flatMap((durations) => [...durations])),
    machineIds: [...new Set(same.map(({ at }) => machines[at]!.machineId))],
    everywhere: same.length === machines.filter(({ statistics }) => statistics.count > 0).length,
  };
}

const size = ({ ratio }: HistoryChange): number => Math.abs(Math.log(ratio));

function distribution(
  judged: Judged,
  whole: readonly GroupRows[],
  since: Micros | null,
): Description["distribution"] {
  const bins = distribute(finishedDurations(judged, whole));
  if (since === null) return bins;
  const counts = countWithin(bins, finishedDurations(judged, whole, since));
  return bins.map((bin, at) => ({ ...bin, countSince: counts[at]! }));
}
