import { expect, it } from "vitest";
import { withoutRuns, type ProcessSummary } from "./process.ts";
import { noRuns } from "./vocabulary.ts";

const on = (machine: string) => ({ machine, machineId: `m_${machine}` });
const backup = { process: "backup", processId: "p_1" };
const ran: ProcessSummary = { ...backup, kinds: ["cron"], machines: [on("a")], statistics: noRuns };

it("a process that is expected on two machines and ran on neither is told once", () => {
  const sync = { process: "sync", processId: "p_2" };
  const subjects = [on("a"), on("b"), on("a")].map((place) => ({ ...sync, ...place }));
  expect(withoutRuns([ran], [...subjects, { ...backup, ...on("a") }])).toEqual([
    { ...sync, kinds: [], machines: [on("a"), on("b")], statistics: noRuns },
  ]);
});

it("a process of which only steps ran has none as a whole", () => {
  expect(withoutRuns([{ ...ran, step: "dump" }], [{ ...backup, ...on("a") }])).toHaveLength(1);
});
