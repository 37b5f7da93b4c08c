import { expect, it } from "vitest";
import type { Why } from "@culprit/protocol";
import { besideRun } from "./concurrent.ts";
import { partsOf } from "./why-parts.ts";

const why: Why = {
  execution: {
    id: "a",
    machine: "db1",
    machineId: "m_1",
    process: "backup",
    processId: "p_1",
    kind: "cron",
    startedAt: "2026-11-23T03:00:00Z",
    endedAt: "2026-11-23T03:10:00Z",
    durationSeconds: 600,
    outcome: "ok",
    flags: [],
  },
  normal: { count: 30, medianSeconds: 240, madSeconds: 5, p95Seconds: 260 },
  excessSeconds: 360,
  deviation: { direction: "slow", score: 9 },
  verdict: "unknown",
  fittedAt: null,
  shares: [{ cause: "unexplained", seconds: 360, low: 360, high: 360 }],
  concurrent: [],
  osProcesses: [],
  host: [],
  slowerMachine: [],
  checks: [],
  text: "",
};
const kinds = (parts: ReturnType<typeof partsOf>) => parts.map(({ kind, seconds }) => [kind, seconds]);

it("the parts add up to the duration", () => {
  expect(kinds(partsOf(why, "en"))).toEqual([
    ["normal", 240],
    ["unexplained", 360],
  ]);
  const shares: Why["shares"] = [
    { cause: "process", process: "reindex", machine: "db2", seconds: 300, low: 200, high: 350 },
    { cause: "group", processes: ["x", "y"], seconds: 60, low: 0, high: 90 },
  ];
  const parts = partsOf({ ...why, shares }, "en");
  expect(kinds(parts)).toEqual([
    ["normal", 240],
    ["cause", 300],
    ["cause", 60],
  ]);
  expect(parts[1]).toMatchObject({
    name: "reindex (db2)",
    range: "5\u00a0min (3 min 20 s to 5 min 50 s)",
    processes: ["reindex"],
  });
  expect(parts[2]?.processes).toEqual(["x", "y"]);
});

it("a fast run has nothing beyond normal; one that goes on or has no normal has no parts yet", () => {
  expect(kinds(partsOf({ ...why, excessSeconds: -100, shares: [] }, "en"))).toEqual([["normal", 600]]);
  expect(partsOf({ ...why, normal: null }, "en")).toEqual([]);
  const { durationSeconds: _, ...running } = why.execution;
  expect(partsOf({ ...why, execution: running }, "en")).toEqual([]);
});

it("runs beside a run are told by process and machine, with what is usual for the process once", () => {
  const one = (execution: string, overlapSeconds: number, cpuSeconds: number | null) => ({
    execution,
    process: "orders",
    processId: "p_2",
    machine: "web1",
    machineId: "m_2",
    startedAt: "2026-11-23T03:00:00Z",
    overlapSeconds,
    processOverlapSeconds: 7,
    usualOverlapSeconds: 5,
    blamedSeconds: null,
    osUsage: { cpuSeconds, ioBytes: null, maxRssBytes: null },
  });
  expect(besideRun([one("short", 2, null), one("long", 5, 1.5)])).toEqual([
    {
      process: "orders",
      processId: "p_2",
      machine: "web1",
      machineId: "m_2",
      runs: ["long", "short"],
      overlapSeconds: 7,
      usualOverlapSeconds: 5,
      cpuSeconds: 1.5,
      ioBytes: null,
      blamedSeconds: null,
    },
  ]);
});
