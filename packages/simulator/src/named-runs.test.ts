import { expect, test } from "vitest";
import { fluidWorld } from "./fluid-world.ts";
import { runsOf } from "./named-runs.ts";
import { origin } from "./schedule.ts";

const world = fluidWorld({
  seed: 11,
  processes: 12,
  machines: 3,
  days: 3,
  culprits: 1,
  slowdown: "scarcest",
  crowding: 1,
  demandError: null,
  queueBias: 0,
  idle: false,
});

test("runs have names, whole microseconds, and no end where it is missing", () => {
  const runs = [...runsOf(world)];
  expect(runs).toHaveLength(world.observed.start.length);
  expect(new Set(runs.map(({ machine }) => machine))).toEqual(new Set(["app-1", "app-2", "db-1"]));
  expect(new Set(runs.map(({ process }) => process)).size).toBe(world.plan.processes.length);
  expect(runs.every(({ startedAt }) => Number.isSafeInteger(startedAt))).toBe(true);
  expect(runs.every(({ startedAt, endedAt }) => endedAt === null || endedAt >= startedAt)).toBe(true);
  const lost = world.observed.timed.reduce((count, timed) => count + (timed === 0 ? 1 : 0), 0);
  expect(lost).toBeGreaterThan(0);
  expect(runs.filter(({ endedAt }) => endedAt === null)).toHaveLength(lost);
});

test("a shift by days moves every instant alike", () => {
  const [first] = runsOf(world);
  const [later] = runsOf(world, 200);
  expect(later!.startedAt - first!.startedAt).toBe(200 * 86_400e6);
  expect(first!.startedAt).toBeGreaterThanOrEqual((origin - 2) * 1e6);
});
