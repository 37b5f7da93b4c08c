import { executionKinds, microsPerSecond } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { ExecutionColumns } from "../store/store.ts";
import { findDeviating } from "./deviating-runs.ts";
import { groupRuns } from "./run-groups.ts";
import { RunModel } from "./run-model.ts";
import { summarizeProcesses } from "./run-statistics.ts";

const minute = 60 * microsPerSecond;
const length = 400;
const now = (length + 60) * minute;

/** A run a minute, of two processes on two machines; each fiftieth takes half an hour instead of half a minute. */
function runs(from: number, to: number): ExecutionColumns {
  const rows = Array.from({ length }, (_, row) => row).filter(
    (row) => row * minute < to && endOf(row) >= from,
  );
  return {
    length: rows.length,
    machineId: Int32Array.from(rows, (row) => 1 + (row % 2)),
    processId: Int32Array.from(rows, (row) => 1 + (row % 4)),
    stepId: new Int32Array(rows.length),
    kind: new Uint8Array(rows.length),
    outcome: new Uint8Array(rows.length).fill(1),
    startedAt: Float64Array.from(rows, (row) => row * minute),
    endedAt: Float64Array.from(rows, endOf),
  };
}

const endOf = (row: number): number => row * minute + (row % 50 === 49 ? 30 : 0.5) * minute;

describe("the model answers for a window as the runs of that window, read anew, would", () => {
  const model = new RunModel(runs(0, now), now);
  const { eras } = model;
  const [from, to] = [120 * minute, 300 * minute];
  const columns = runs(from, to);
  const read = { columns, groups: groupRuns(columns), eras, now };

  test("in statistics", () => {
    const groups = model.groupsWithin({ from, to });
    const summaries = summarizeProcesses({ columns: model.columns, groups, eras, now });
    expect(summaries.length).toBeGreaterThan(1);
    expect(summaries.toSorted((a, b) => a.processId - b.processId)).toEqual(
      summarizeProcesses(read).toSorted((a, b) => a.processId - b.processId),
    );
  });

  test("in deviating runs, those that ended before an instant apart from the others", () => {
    const all = findDeviating(read, { limit: 100 });
    const found = (endedBefore?: number) => {
      const within = { from, to, ...(endedBefore === undefined ? {} : { endedBefore }) };
      const groups = model.deviatingWithin(within);
      return findDeviating({ columns: model.columns, groups, eras, now }, { limit: 100 });
    };
    expect(all.length).toBeGreaterThan(2);
    expect(found()).toEqual(all);
    const cut = 210 * minute;
    expect(found(cut)).toEqual(all.filter(({ startedAt }) => endOf(startedAt / minute) < cut));
    expect(found(cut).length).toBeLessThan(all.length);
  });

  test("of the machines and processes asked for alone", () => {
    const groups = model.groupsWithin({ from, to, machineIds: [2], processIds: [2, 3] });
    expect(groups.map(({ machineId, processId }) => [machineId, processId])).toEqual([[2, 2]]);
  });
});

describe("what usually runs beside a run", () => {
  /** A run of process 1 each hour, and beside it one of process 2 in every second hour, `length` long; so many of process 3 a minute. */
  function beside(length: number, often: number) {
    const rows = Array.from({ length: 60 }, (_, hour) => [
      { process: 1, at: hour * 60, minutes: 10 },
      ...(hour % 2 === 0 ? [{ process: 2, at: hour * 60 + 2, minutes: length }] : []),
      ...Array.from({ length: often }, () => ({ process: 3, at: hour * 60 + 5, minutes: 1 })),
    ]).flat();
    const columns: ExecutionColumns = {
      length: rows.length,
      machineId: new Int32Array(rows.length).fill(1),
      processId: Int32Array.from(rows, ({ process }) => process),
      stepId: new Int32Array(rows.length),
      kind: new Uint8Array(rows.length),
      outcome: new Uint8Array(rows.length).fill(1),
      startedAt: Float64Array.from(rows, ({ at }) => at * minute),
      endedAt: Float64Array.from(rows, ({ at, minutes }) => (at + minutes) * minute),
    };
    const startedAt = 60 * 60 * minute;
    const run = { machineId: 1, processId: 1, stepId: 0, kind: executionKinds[0] };
    const places = [2, 3].map((processId) => ({ machineId: 1, processId }));
    return new RunModel(columns, startedAt).usual({ run, startedAt, beside: places }).overlapSeconds;
  }

  test("is half of the times, from few runs as from many", () => {
    expect(beside(4, 3)).toEqual([2 * 60, 3 * 60]);
    expect(beside(4, 300)).toEqual([2 * 60, 300 * 60]);
  });

  test("counts what started long before", () => {
    // From minute 2 of one hour to minute 5 of the next: 8 minutes beside one run, 5 beside the next.
    expect(beside(63, 1)[0]).toBe(6.5 * 60);
  });
});
