import type { ExecutionDensity } from "@culprit/protocol";
import { expect, it } from "vitest";
import { runsIn, toGroups } from "./dense.ts";
import { sumsOf } from "./group-table.tsx";
import { buildLanes } from "./lanes.ts";

const density: ExecutionDensity = {
  window: { from: "2026-11-23T00:00:00.000000Z", to: "2026-11-23T04:00:00.000000Z" },
  partSeconds: 3600,
  total: 31,
  lanes: [
    {
      machine: "db1",
      machineId: "m_1",
      process: "poll",
      processId: "p_1",
      parts: [0, 1, 3],
      runs: [10, 20, 1],
      failed: [0, 5, 0],
      busySeconds: [100, 200, 9],
    },
  ],
};

it("counts become one bar for each part, next to each other in one row of their lane", () => {
  const groups = toGroups(density);
  const midnight = Date.UTC(2026, 10, 23);
  expect(groups.map(({ start, end }) => [start - midnight, end - midnight])).toEqual([
    [0, 3_600_000],
    [3_600_000, 7_200_000],
    [10_800_000, 14_400_000],
  ]);
  expect(groups.map(({ group }) => group!.share)).toEqual([0.5, 1, 0.05]);
  expect(groups.reduce((sum, one) => sum + runsIn(one), 0)).toBe(density.total);
  const lane = buildLanes(groups, { steps: false, folded: new Set() })[1]!;
  expect(lane.rows).toHaveLength(1);
});

it("the table beside it adds them up by lane", () => {
  expect(sumsOf(toGroups(density))).toMatchObject([
    { process: "poll", runs: 31, failed: 5, busySeconds: 309 },
  ]);
});
