/** Runs of several recorders at once, through the intake folder of a real agent to a real hub. */
import { expect, test } from "vitest";
import { recordUnderLoad } from "./recording-load.ts";

// `npm run bench -- recording` is the long form: 5,000 a second for a minute.
test("thousands of runs from several writers arrive, each once", async () => {
  const { acknowledged, lost, doubled } = await recordUnderLoad({ perSecond: 2000, seconds: 2, writers: 4 });
  expect([acknowledged, lost, doubled]).toEqual([4000, [], []]);
});
