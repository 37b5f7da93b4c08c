import { expect, it } from "vitest";
import type { Why } from "@culprit/protocol";
import { withBlame } from "./blame.ts";
import { exampleRun } from "./example-run.ts";

const beside = (execution: string, blamedSeconds: number | null): Why["concurrent"][number] => ({
  execution,
  process: "reindex",
  processId: "p_2",
  machine: "db1",
  machineId: "m_1",
  startedAt: "2026-11-23T03:00:00Z",
  overlapSeconds: 60,
  processOverlapSeconds: 60,
  usualOverlapSeconds: null,
  blamedSeconds,
});

it("a run carries its share of the most that any is blamed for; who is not blamed carries none", () => {
  const runs = ["most", "half", "none", "unknown"].map((id) => exampleRun(0, 1, { id, key: `m_1 ${id}` }));
  const blamed = withBlame(
    runs,
    [beside("most", 430), beside("half", 215), beside("none", 0), beside("unknown", null)],
    "en",
  );
  expect(blamed.map(({ blame }) => blame?.share)).toEqual([1, 0.5, undefined, undefined]);
  expect(blamed[0]?.blame?.lost.replaceAll("\u00a0", " ")).toBe("7 min 10 s");
});

it("a run of the same id on another machine is not blamed", () => {
  const [elsewhere] = withBlame(
    [exampleRun(0, 1, { id: "most", key: "m_2 most" })],
    [beside("most", 430)],
    "en",
  );
  expect(elsewhere?.blame).toBeUndefined();
});
