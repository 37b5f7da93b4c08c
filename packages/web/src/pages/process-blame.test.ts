import { expect, it } from "vitest";
import type { Culprit, Culprits, Victim } from "@culprit/protocol";
import { openOf, suspectsOf, victimsOf } from "./process-blame.ts";

const place = (process: string, machine = "db1") => ({
  process,
  processId: `id of ${process}`,
  machine,
  machineId: `id of ${machine}`,
});

const victim = (process: string, seconds: number, machine?: string): Victim => ({
  ...place(process, machine),
  seconds,
  low: seconds / 2,
  high: seconds * 2,
  slowdownPerSecond: 0.5,
  exposedRuns: 20,
  unexposedRuns: 200,
  q: 0.001,
  relativeDurations: [],
});

const culprit = (process: string, victims: Victim[]): Culprit => ({
  process,
  processId: `id of ${process}`,
  machines: ["db1"],
  causedSeconds: 100,
  low: 50,
  high: 200,
  victims,
  verdict: "culprit",
  basis: "log",
  text: "",
});

const answer: Pick<Culprits, "culprits" | "notSeparable" | "notEnough"> = {
  culprits: [
    culprit("vacuum", [victim("backup", 10), victim("report", 90)]),
    culprit("reindex", [victim("backup", 70), victim("backup", 20, "db2")]),
  ],
  notSeparable: [
    {
      reason: "together",
      processes: [place("a"), place("b")],
      victims: [place("backup")],
      seconds: 5,
      low: 1,
      high: 9,
      experiment: { ...place("a"), shiftSeconds: 600 },
      text: "",
    },
  ],
  notEnough: [{ suspect: place("c"), victim: place("report"), exposedRuns: 3, unexposedRuns: 90 }],
};

it("names who slows a process down, on each machine, the costliest first", () => {
  const named = (process: string) =>
    suspectsOf(answer, process).map(({ culprit, victim }) => [
      culprit.process,
      victim.machine,
      victim.seconds,
    ]);
  expect(named("backup")).toEqual([
    ["reindex", "db1", 70],
    ["reindex", "db2", 20],
    ["vacuum", "db1", 10],
  ]);
  expect(named("id of backup")).toEqual(named("backup"));
  expect(named("vacuum")).toEqual([]);
});

it("names whom a process slows down", () => {
  expect(victimsOf(answer, "id of vacuum").map(({ process }) => process)).toEqual(["backup", "report"]);
  expect(victimsOf(answer, "backup")).toEqual([]);
});

it("counts what may slow a process down and can't be told", () => {
  expect(openOf(answer, "backup")).toEqual({ together: 1, tooFew: 0 });
  expect(openOf(answer, "id of report")).toEqual({ together: 0, tooFew: 1 });
});
