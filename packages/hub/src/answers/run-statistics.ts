/** Statistics of processes over the runs of a window, from columns. Pure; runs in the analysis thread. */
import { summarize } from "@culprit/analysis";
import type { Statistics } from "@culprit/protocol";
import { executionKinds, noRuns, type ExecutionKind, type Micros } from "@culprit/protocol/vocabulary";
import type { ExecutionColumns } from "../store/store.ts";
import { deviatingRows } from "./deviating-runs.ts";
import type { Era } from "./eras.ts";
import { groupKey, okOutcome, runningOutcome, secondsOf, type GroupRows } from "./run-groups.ts";

export type RunsSummary = {
  processId: number;
  stepId: number;
  kinds: ExecutionKind[];
  machineIds: number[];
  lastStartedAt: Micros;
  statistics: Statistics;
};

/** Runs judged by these normals at this instant. */
export type Judged = {
  columns: ExecutionColumns;
  groups: readonly GroupRows[];
  eras: ReadonlyMap<string, readonly Era[]>;
  now: Micros;
};

/** One summary for each process and step, all machines and kinds together. */
export function summarizeProcesses(judged: Judged): RunsSummary[] {
  return [...gather(judged.groups, ({ processId, stepId }) => `${processId}/${stepId}`)].map((same) => ({
    processId: same[0]!.processId,
    stepId: same[0]!.stepId,
    kinds: executionKinds.filter((kind) => same.some((group) => group.kind === kind)),
    machineIds: [...new Set(same.map((group) => group.machineId))].toSorted((a, b) => a - b),
    lastStartedAt: Math.max(...same.map(({ rows }) => judged.columns.startedAt[rows.at(-1)!]!)),
    statistics: statisticsOf(judged, same),
  }));
}

export function statisticsOf(judged: Judged, groups: readonly GroupRows[]): Statistics {
  const counts = { count: 0, running: 0, failures: 0, deviations: 0 };
  for (const group of groups) count(judged, group, counts);
  counts.count -= counts.running;
  const summary = summarize(finishedDurations(judged, groups));
  if (!summary) return { ...noRuns, ...counts };
  return {
    ...counts,
    meanSeconds: summary.mean,
    standardDeviationSeconds: summary.standardDeviation,
    medianSeconds: summary.median,
    madSeconds: summary.mad,
    p95Seconds: summary.p95,
    p99Seconds: summary.p99,
    minSeconds: summary.min,
    maxSeconds: summary.max,
    totalSeconds: summary.total,
  };
}

function count(
  judged: Judged,
  group: GroupRows,
  counts: { count: number; running: number; failures: number; deviations: number },
): void {
  const outcomes = judged.columns.outcome;
  for (const row of group.rows) {
    if (outcomes[row] === runningOutcome) counts.running++;
    else if (outcomes[row] !== okOutcome) counts.failures++;
  }
  counts.count += group.rows.length;
  const normals = judged.eras.get(groupKey(group));
  if (normals) counts.deviations += deviatingRows(judged, group, normals).length;
}

/** Of all runs that have ended, however, and whose length is known; those alone that started since an instant. */
export function finishedDurations(
  { columns, now }: Pick<Judged, "columns" | "now">,
  groups: readonly GroupRows[],
  since: Micros = -Infinity,
): Float64Array {
  const durations = new Float64Array(groups.reduce((sum, { rows }) => sum + rows.length, 0));
  let count = 0;
  for (const { rows } of groups) {
    for (const row of rows) {
      if (columns.startedAt[row]! < since) continue;
      const seconds = columns.outcome[row] === runningOutcome ? null : secondsOf(columns, row, now);
      if (seconds !== null) durations[count++] = seconds;
    }
  }
  return durations.subarray(0, count);
}

function gather<T>(items: readonly T[], keyOf: (item: T) => string): Iterable<T[]> {
  const gathered = new Map<string, T[]>();
  for (const item of items) {
    const same = gathered.get(keyOf(item));
    if (same) same.push(item);
    else gathered.set(keyOf(item), [item]);
  }
  return gathered.values();
}
