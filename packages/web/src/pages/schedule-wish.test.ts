import type { Expectation } from "@culprit/protocol";
import { expect, it } from "vitest";
import { fieldsOf, sameWish, wishOf } from "./schedule-wish.ts";

const rhythm: Expectation = {
  id: "x_1",
  process: "poll",
  processId: "p_1",
  machine: "web1",
  machineId: "m_1",
  source: "set",
  inForce: true,
  everySeconds: 600,
  graceSeconds: 90,
  maxSeconds: 60,
  minSeconds: 2,
  enabled: true,
  changedAt: "2026-11-01T00:00:00Z",
};

it("a change of the grace keeps the rhythm and the shortest run, which the form does not show", () => {
  expect(wishOf({ ...fieldsOf(rhythm), grace: 5 }, rhythm)).toEqual({
    everySeconds: 600,
    graceSeconds: 300,
    maxSeconds: 60,
    minSeconds: 2,
  });
});

it("a cron expression takes the place of a rhythm", () => {
  const wish = wishOf({ ...fieldsOf(rhythm), cron: " 0 3 * * * ", longest: "" }, rhythm);
  expect(wish).toEqual({ cron: "0 3 * * *", graceSeconds: 90, minSeconds: 2 });
});

it("an expression that is emptied is no schedule", () => {
  const { everySeconds: _, ...held } = rhythm;
  const nightly = { ...held, cron: "0 3 * * *", timeZone: "UTC" };
  expect(wishOf({ ...fieldsOf(nightly), cron: "" }, nightly)).not.toHaveProperty("cron");
});

it("what a client said is taken over with its bounds", () => {
  expect(sameWish({ ...rhythm, source: "check-in" })).toMatchObject({ everySeconds: 600, maxSeconds: 60 });
});
