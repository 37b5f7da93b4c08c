import { expect, it } from "vitest";
import { exampleRun } from "../timeline/example-run.ts";
import { worthShowing } from "./worth-showing.ts";

const many = Array.from({ length: 30 }, (_, index) => exampleRun(0, 5, { process: `p${index}` }));

it("a small fleet is shown whole, without steps", () => {
  const runs = [exampleRun(0, 5), exampleRun(0, 2, { step: "dump" })];
  expect(worthShowing(runs)).toEqual([runs[0]]);
});

it("a large one keeps the processes that lost most time or ended badly", () => {
  const slow = exampleRun(10, 900_000, { process: "slow", normalEnd: 100, deviation: "slow" });
  const failed = exampleRun(10, 20, { process: "failed", outcome: "failed" });
  const shown = worthShowing([...many, slow, failed]);
  expect(shown).toContain(slow);
  expect(shown).toContain(failed);
  expect(new Set(shown.map(({ process }) => process)).size).toBe(8);
});

it("a quiet night still has a picture", () => {
  expect(worthShowing(many)).toHaveLength(8);
});

it("beside what was slow its neighbours on the machine are shown, not other machines", () => {
  const slow = exampleRun(10, 900, { machineId: "m_2", processId: "p_2", normalEnd: 100, deviation: "slow" });
  const neighbour = exampleRun(10, 20, { machineId: "m_2", processId: "p_3" });
  expect(worthShowing([...many, neighbour, slow])).toEqual([neighbour, slow]);
});
