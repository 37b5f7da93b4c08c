/** Finds the runs that deviate, from columns. Pure; runs in the analysis thread. */
import type { RunDeviation } from "@culprit/analysis";
import { executionOutcomes, type Micros } from "@culprit/protocol/vocabulary";
import { eraOf, type Era } from "./eras.ts";
import { judge } from "./judgement.ts";
import { groupKey, secondsOf, type GroupRows } from "./run-groups.ts";
import type { Judged } from "./run-statistics.ts";

export type DeviatingQuestion = { direction?: "slow" | "fast"; notAfter?: Micros; limit: number };

/** Where a deviating run is found: columns carry no ids. */
export type DeviatingRun = { machineId: number; processId: number; startedAt: Micros };

/** The newest first, at most `limit`, none that started later than `notAfter`. */
export function findDeviating(
  judged: Judged,
  { direction, notAfter, limit }: DeviatingQuestion,
): DeviatingRun[] {
  const { columns, groups, eras, now } = judged;
  const rows: number[] = [];
  for (const group of groups) {
    const normals = eras.get(groupKey(group));
    if (!normals) continue;
    for (const row of deviatingRows({ columns, now }, group, normals, direction))
      if (notAfter === undefined || columns.startedAt[row]! <= notAfter) rows.push(row);
  }
  // Columns are sorted by start, and so are their positions.
  return rows
    .toSorted((a, b) => b - a)
    .slice(0, limit)
    .map((row) => ({
      machineId: columns.machineId[row]!,
      processId: columns.processId[row]!,
      startedAt: columns.startedAt[row]!,
    }));
}

/** The rows of a group that deviate from the normal of their time, of one direction if it is given. */
export function deviatingRows(
  { columns, now }: Pick<Judged, "columns" | "now">,
  { kind, rows }: GroupRows,
  eras: readonly Era[],
  direction?: RunDeviation["direction"],
): Uint32Array {
  return rows.filter((row) => {
    const normal = eraOf(eras, columns.startedAt[row]);
    const seconds = secondsOf(columns, row, now);
    if (!normal || seconds === null) return false;
    if (seconds > normal.range.over && seconds < normal.range.under) return false;
    const outcome = executionOutcomes[columns.outcome[row]!]!;
    const deviation = judge({ kind, outcome, seconds }, normal);
    return deviation !== null && (direction === undefined || deviation.direction === direction);
  });
}
