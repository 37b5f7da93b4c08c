import { expect, test } from "vitest";
import type { Run } from "./run.ts";
import { runFacts } from "./run-facts.ts";

const second = 1_000_000;
const run: Run = {
  startedAt: 0,
  endedAt: 900 * second,
  outcome: "ok",
  kind: "cron",
  timed: true,
  executionId: null,
};
const inLogs = { logMedian: Math.log(100), logSpread: 0.01 };
const normal = { count: 40, medianSeconds: 100.0000003, madSeconds: 1, p95Seconds: 120.000_000_7, ...inLogs };

test("events are at whole microseconds, whatever the normal is a multiple of", () => {
  const question = { minSeconds: null, maxSeconds: null, boundSince: 0, normalOf: () => normal };
  const ended = runFacts({ ...question, runs: [run], now: 1000 * second, nextStart: null });
  expect(ended.map(({ kind, beganAt }) => [kind, beganAt])).toEqual([["too-long", 360_000_002]]);
  const goesOn = { ...run, endedAt: Infinity, outcome: "running" as const };
  const late = runFacts({ ...question, runs: [goesOn], now: 50 * second, nextStart: () => 60 * second });
  expect(late[0]!.detail.predictedEndAt).toMatch(/\.\d{6}Z$/);
});
