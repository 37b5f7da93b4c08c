import { expect, it } from "vitest";
import type { Execution } from "@culprit/protocol";
import { merged, newerThan, type Executions } from "./executions-kept.ts";

const noon = Date.parse("2026-11-23T12:00:00Z");
const minute = 60_000;
const text = (minutes: number) => new Date(noon + minutes * minute).toISOString();

const run = (id: string, startedMinutes: number, endedMinutes?: number): Execution => ({
  id,
  machine: "db1",
  machineId: "m_1",
  process: "backup",
  processId: "p_1",
  kind: "cron",
  startedAt: text(startedMinutes),
  ...(endedMinutes === undefined ? {} : { endedAt: text(endedMinutes) }),
  outcome: endedMinutes === undefined ? "running" : "ok",
  flags: [],
});

const known: Executions = {
  span: { from: noon - 60 * minute, to: noon },
  items: [run("running", -5), run("kept", -30, -29), run("old", -59, -58)],
  complete: true,
  readAt: noon - minute,
  askedAt: noon,
};
const ids = ({ items }: Executions) => items.map(({ id }) => id);

it("a refresh asks from before the newest start that is known, also when the browser's clock is ahead", () => {
  expect(newerThan(known)).toBe(noon - 7 * minute);
  expect(newerThan({ ...known, items: [run("ahead", 600)] })).toBe(noon - 2 * minute);
  expect(newerThan({ ...known, items: [] })).toBe(noon - 2 * minute);
});

it("a run that ended takes the place of the running one, what the window left behind goes", () => {
  const span = { from: noon - 50 * minute, to: noon + 10 * minute };
  const next = merged(known, [run("new", 1, 2), run("running", -5, 3)], span, noon + 10 * minute, 100);
  expect(ids(next)).toEqual(["new", "running", "kept"]);
  expect(next.items[1]?.outcome).toBe("ok");
  expect(next).toMatchObject({ complete: true, readAt: known.readAt, askedAt: noon + 10 * minute, span });
});

it("past the most that is kept the oldest go, and the answer says that it is not complete", () => {
  const next = merged(known, [run("new", 1, 2)], known.span, noon, 3);
  expect(ids(next)).toEqual(["new", "running", "kept"]);
  expect(next.complete).toBe(false);
});
