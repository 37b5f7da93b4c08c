import { expect, test } from "vitest";
import { processMeasures, processValues } from "./process-values.ts";

const log = {
  start: Float64Array.of(0, 10, 100, 110, 120),
  end: Float64Array.of(4, 14, 108, 118, 115),
  group: Int32Array.of(0, 0, 0, 0, 1),
  timed: Uint8Array.of(1, 1, 1, 0, 1),
};
const spans = [
  { from: 100, to: 130 },
  { from: 0, to: 12 },
  { from: 50, to: 60 },
];

test("of each process its busy seconds, relative duration, runs and failures in each span", () => {
  const values = processValues(log, Uint8Array.of(0, 1, 0, 1, 0), 3, spans);
  expect(processMeasures).toEqual(["busy", "duration", "runs", "failures"]);
  // The median of its timed runs is 4; a run that ends before it starts, as clocks can make it, is of no length.
  expect([...values]).toEqual(
    [
      [16, 6, 0],
      [2, 1, NaN],
      [2, 2, 0],
      [1, 1, 0],
      [0, 0, 0],
      [NaN, NaN, NaN],
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [NaN, NaN, NaN],
      [0, 0, 0],
      [0, 0, 0],
    ].flat(),
  );
});
