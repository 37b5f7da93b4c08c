/**
 * What ran beside a run, on all machines: whole runs (never steps) that share time with it and are not of its family, with
 * how long their process usually runs beside it.
 */
import { overlapLength } from "@culprit/analysis";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { ExecutionRow, MeasuredExecutions } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import { endOf } from "./run-groups.ts";
import type { Place, UsualAnswer } from "./run-model.ts";

export type Neighbour = {
  row: ExecutionRow;
  overlapSeconds: number;
  processOverlapSeconds: number;
  usualOverlapSeconds: number | null;
};

/** Neighbours in one answer, those that share most time. */
const mostNeighbours = 200;

/** Those first whose process exceeds its usual overlap most. `runs` are all whole runs that touch the window. */
export async function findNeighbours(
  hub: Hub,
  run: ExecutionRow,
  family: readonly ExecutionRow[],
  window: MicrosWindow,
): Promise<{ neighbours: Neighbour[]; predecessors: MicrosWindow[]; runs: MeasuredExecutions }> {
  const [rows, runs] = await Promise.all([
    hub.store.executions.overlapping({ ...window, stepId: 0 }, mostNeighbours + family.length),
    hub.store.executions.measured(window, hub.normals.mostRows),
  ]);
  const kin = new Set(family.map(({ machineId, executionId }) => `${machineId}/${executionId}`));
  const beside = rows
    .filter((row) => !kin.has(`${row.machineId}/${row.executionId}`))
    .map((row) => ({ row, overlapSeconds: sharedSeconds(row.startedAt, endOfRow(row, window.to), window) }))
    .filter(({ overlapSeconds }) => overlapSeconds > 0)
    .slice(0, mostNeighbours);
  const totals = processTotals(runs, family, window);
  const places = [...new Map(beside.map(({ row }) => [placeKey(row), placeOf(row)])).values()];
  const usual = await askUsual(hub, run, places);
  const usualOf = new Map(places.map((place, at) => [placeKey(place), usual.overlapSeconds[at] ?? null]));
  const neighbours = beside.map((each) => ({
    ...each,
    processOverlapSeconds: totals.get(placeKey(each.row)) ?? each.overlapSeconds,
    usualOverlapSeconds: usualOf.get(placeKey(each.row)) ?? null,
  }));
  return { neighbours: neighbours.toSorted(byExcess), predecessors: usual.windows, runs };
}

export const excessOf = (neighbour: Neighbour): number =>
  neighbour.processOverlapSeconds - (neighbour.usualOverlapSeconds ?? 0);

const byExcess = (a: Neighbour, b: Neighbour): number =>
  excessOf(b) - excessOf(a) || b.overlapSeconds - a.overlapSeconds || a.row.startedAt - b.row.startedAt;

function askUsual(hub: Hub, run: ExecutionRow, beside: Place[]): Promise<UsualAnswer> {
  const { machineId, processId, stepId, kind, startedAt } = run;
  return hub.analysis.ask("usual", { run: { machineId, processId, stepId, kind }, startedAt, beside });
}

/** The time that all runs of each process share with the window, without the family's. */
function processTotals(
  columns: MeasuredExecutions,
  family: readonly ExecutionRow[],
  window: MicrosWindow,
): Map<string, number> {
  const totals = new Map<string, number>();
  const add = (key: string, seconds: number) => totals.set(key, (totals.get(key) ?? 0) + seconds);
  for (let row = 0; row < columns.length; row++) {
    const place = { machineId: columns.machineId[row]!, processId: columns.processId[row]! };
    add(placeKey(place), sharedSeconds(columns.startedAt[row]!, endOf(columns, row, window.to), window));
  }
  for (const row of family) {
    if (row.stepId !== 0) continue;
    add(placeKey(row), -sharedSeconds(row.startedAt, endOfRow(row, window.to), window));
  }
  return totals;
}

function sharedSeconds(start: Micros, end: Micros, { from, to }: MicrosWindow): number {
  return overlapLength(start, end, from, to) / microsPerSecond;
}

/** A run under way counts until `now`; one whose length is not known not at all. */
export function endOfRow(row: ExecutionRow, now: Micros): Micros {
  if (row.flags.includes("duration-unknown")) return row.startedAt;
  return row.endedAt ?? (row.outcome === "running" ? Math.max(now, row.startedAt) : row.startedAt);
}

const placeOf = ({ machineId, processId }: Place): Place => ({ machineId, processId });
const placeKey = ({ machineId, processId }: Place): string => `${machineId}/${processId}`;
