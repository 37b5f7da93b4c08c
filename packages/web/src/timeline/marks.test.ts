import type { CheckIncident, ExpectedStart } from "@culprit/protocol";
import { expect, it } from "vitest";
import { missedWithin, toCheckMarks, toMarks } from "./marks.ts";

const time = (hour: number) => Date.UTC(2026, 10, 23, hour);
const start = (hour: number, state: ExpectedStart["state"], machineId = "m_1"): ExpectedStart => ({
  machine: `machine ${machineId}`,
  machineId,
  process: "backup",
  processId: "p_1",
  at: new Date(time(hour)).toISOString(),
  state,
});

it("expected starts stand together by process and machine, with those that were missed", () => {
  const marks = toMarks([start(1, "ran"), start(2, "missed"), start(3, "due"), start(3, "missed", "m_2")]);
  expect(marks).toMatchObject([
    { machine: "machine m_1", expected: [1, 2, 3].map(time), missed: [time(2)] },
    { machine: "machine m_2", expected: [time(3)], missed: [time(3)] },
  ]);
  expect(missedWithin(marks, { from: time(2), to: time(3) })).toBe(1);
  expect(missedWithin(marks, { from: time(2), to: time(4) })).toBe(2);
  expect(missedWithin(marks, { from: time(4), to: time(5) })).toBe(0);
});

it("times in which checks were not well stand together by check; one that lasts has no end", () => {
  const incident = (checkId: string, hour: number, endedAt?: string): CheckIncident => ({
    checkId,
    check: `port ${checkId}`,
    state: "critical",
    startedAt: new Date(time(hour)).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt }),
    text: "",
  });
  const ended = new Date(time(2)).toISOString();
  expect(toCheckMarks([incident("c_2", 3), incident("c_10", 1), incident("c_2", 1, ended)])).toMatchObject([
    {
      machine: "",
      key: "c_2",
      incidents: [
        { start: time(1), end: time(2) },
        { start: time(3), end: Infinity },
      ],
    },
    { key: "c_10", incidents: [{ start: time(1) }] },
  ]);
});
