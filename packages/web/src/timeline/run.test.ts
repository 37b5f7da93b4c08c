import { expect, it } from "vitest";
import type { Execution } from "@culprit/protocol";
import { toRuns } from "./run.ts";

const execution: Execution = {
  id: "a",
  machine: "db1",
  machineId: "m_1",
  process: "backup",
  processId: "p_1",
  kind: "cron",
  startedAt: "2026-11-23T03:00:00.000500Z",
  endedAt: "2026-11-23T03:10:00.000000Z",
  durationSeconds: 599.9995,
  outcome: "ok",
  flags: [],
};

const slow = {
  execution,
  normal: { count: 30, medianSeconds: 240, madSeconds: 5, p95Seconds: 260 },
  excessSeconds: 360,
  deviation: { direction: "slow", score: 9 },
} as const;

it("keeps microseconds as fractions of milliseconds", () => {
  expect(toRuns([execution], [])[0]?.start).toBe(Date.UTC(2026, 10, 23, 3) + 0.5);
});

it("a slow run knows where a normal one would have ended", () => {
  const [run] = toRuns([execution], [slow]);
  expect(run?.deviation).toBe("slow");
  expect(run?.normalEnd).toBe(Date.UTC(2026, 10, 23, 3, 4));
});

it("the same id on another machine is another run", () => {
  const [run] = toRuns([{ ...execution, machineId: "m_2" }], [slow]);
  expect(run?.deviation).toBeUndefined();
});

it("a running one has no end yet, a lost one is drawn as an instant", () => {
  const { endedAt: _, durationSeconds: __, ...open } = execution;
  expect(toRuns([{ ...open, outcome: "running" }], [])[0]?.end).toBe(Infinity);
  const [lost] = toRuns([{ ...open, outcome: "lost" }], []);
  expect(lost?.end).toBe(lost?.start);
});
