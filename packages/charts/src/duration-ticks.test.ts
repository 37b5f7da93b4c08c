import { expect, test } from "vitest";
import { linearDurationTicks, logarithmicDurationTicks } from "./duration-ticks.ts";

const minute = 60;
const hour = 3600;

test.each([
  [0, [0, 0.5, 1]],
  [0.0004, [0, 0.0001, 0.0002, 0.0003, 0.0004]],
  [0.35, [0, 0.1, 0.2, 0.3, 0.4]],
  [3.9, [0, 1, 2, 3, 4]],
  [29 * minute + 16, [0, 10, 20, 30].map((minutes) => minutes * minute)],
  [hour, [0, 20, 40, 60].map((minutes) => minutes * minute)],
  [5 * hour, [0, 2, 4, 6].map((hours) => hours * hour)],
  [50 * 24 * hour, [0, 20, 40, 60].map((days) => days * 24 * hour)],
])("an axis up to %s seconds has round marks", (highest, ticks) => {
  expect(linearDurationTicks(highest)).toEqual(ticks);
});

test("on a logarithmic axis seconds turn into minutes, minutes into hours", () => {
  expect(logarithmicDurationTicks(0.2, 1800)).toEqual([0.1, 1, 10, minute, 10 * minute, hour]);
  expect(logarithmicDurationTicks(1, 1)).toEqual([1]);
});
