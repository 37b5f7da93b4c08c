/** Runs grouped by what has a normal of its own: process, step, machine and kind. Pure; runs in the analysis thread. */
import {
  executionKinds,
  executionOutcomes,
  microsPerSecond,
  type ExecutionKind,
  type Micros,
} from "@culprit/protocol/vocabulary";
import type { ExecutionColumns } from "../store/store.ts";

export type RunGroup = { machineId: number; processId: number; stepId: number; kind: ExecutionKind };

/** A group with the rows of the columns that belong to it, in their order. */
export type GroupRows = RunGroup & { rows: Uint32Array };

export const groupKey = ({ machineId, processId, stepId, kind }: RunGroup): string =>
  `${machineId}/${processId}/${stepId}/${kind}`;

export function groupRuns(columns: ExecutionColumns): GroupRows[] {
  const { length, machineId, processId, stepId, kind } = columns;
  const groups: RunGroup[] = [];
  const groupOf = new Uint32Array(length);
  // Two levels of numeric keys: a text for each of millions of rows would cost more than the rest.
  const known = new Map<number, Map<number, number>>();
  for (let row = 0; row < length; row++) {
    const outer = machineId[row]! * executionKinds.length + kind[row]!;
    const inner = processId[row]! * stepsBelow + stepId[row]!;
    let processes = known.get(outer);
    if (!processes) known.set(outer, (processes = new Map()));
    let group = processes.get(inner);
    if (group === undefined) {
      group = groups.length;
      processes.set(inner, group);
      groups.push({
        machineId: machineId[row]!,
        processId: processId[row]!,
        stepId: stepId[row]!,
        kind: executionKinds[kind[row]!]!,
      });
    }
    groupOf[row] = group;
  }
  return withRows(groups, groupOf);
}

const stepsBelow = 2 ** 22;

function withRows(groups: RunGroup[], groupOf: Uint32Array): GroupRows[] {
  const counts = new Uint32Array(groups.length);
  for (const group of groupOf) counts[group]!++;
  const filled = new Uint32Array(groups.length);
  const grouped = groups.map((group, at) => ({ ...group, rows: new Uint32Array(counts[at]!) }));
  groupOf.forEach((group, row) => (grouped[group]!.rows[filled[group]!++] = row));
  return grouped;
}

/** Runs that ended well and whose length is known: what normals, changes and trends are told from. */
export type GoodRuns = {
  /** Seconds since 1970. */
  at: Float64Array;
  seconds: Float64Array;
};

/** In the order of the group's rows, which is that of their starts. */
export function goodRuns({ startedAt, endedAt, outcome }: ExecutionColumns, { rows }: GroupRows): GoodRuns {
  const at = new Float64Array(rows.length);
  const seconds = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const start = startedAt[row]!;
    const length = endedAt[row]! - start;
    if (outcome[row] !== okOutcome || Number.isNaN(length)) continue;
    at[count] = start / microsPerSecond;
    seconds[count++] = Math.max(0, length) / microsPerSecond;
  }
  return { at: at.subarray(0, count), seconds: seconds.subarray(0, count) };
}

/** So far, for a run under way; null for one whose length is not known. */
export function secondsOf(columns: ExecutionColumns, row: number, now: Micros): number | null {
  const unknown = Number.isNaN(columns.endedAt[row]!) && columns.outcome[row] !== runningOutcome;
  return unknown ? null : Math.max(0, endOf(columns, row, now) - columns.startedAt[row]!) / microsPerSecond;
}

export function endOf(
  { startedAt, endedAt, outcome }: Pick<ExecutionColumns, "startedAt" | "endedAt" | "outcome">,
  row: number,
  now: Micros,
): Micros {
  const end = endedAt[row]!;
  if (!Number.isNaN(end)) return end;
  return outcome[row] === runningOutcome ? Math.max(now, startedAt[row]!) : startedAt[row]!;
}

/** Positions in the list are what the columns hold. */
export const runningOutcome = executionOutcomes.indexOf("running");
export const okOutcome = executionOutcomes.indexOf("ok");
