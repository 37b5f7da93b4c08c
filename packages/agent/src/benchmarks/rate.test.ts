import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { medianRate, rateOf } from "./rate.ts";

/** Works in a time of its own: each unit takes what `take` says of its number. */
function timed(take: (unit: number) => number): { work: () => void; now: () => number } {
  let at = 0;
  let unit = 0;
  return { work: () => (at += take(unit++)), now: () => at };
}

property.prop([fc.double({ min: 1e-5, max: 0.02, noNaN: true })])(
  "work that always takes as long gives its rate, whatever it is",
  (seconds) => {
    const { work, now } = timed(() => seconds);
    expect(rateOf(work, { seconds: 1 }, now)).toBeCloseTo(1 / seconds, 3);
  },
);

test("one disturbance does not count, however long it is", () => {
  const { work, now } = timed((unit) => (unit === 600 ? 0.3 : 0.001));
  expect(rateOf(work, { seconds: 1.5 }, now)).toBeCloseTo(1000, 3);
});

test("a quota, which stops the work in each tenth of a second, counts as much as it takes", () => {
  const { work, now } = timed((unit) => (unit % 50 === 49 ? 0.051 : 0.001));
  const rate = rateOf(work, { seconds: 1.5 }, now);
  expect(rate).toBeGreaterThan(450);
  expect(rate).toBeLessThan(550);
});

test("the warm-up does not count", () => {
  const { work, now } = timed((unit) => (unit < 20 ? 0.01 : 0.001));
  expect(rateOf(work, { seconds: 1.5 }, now)).toBeCloseTo(1000, 3);
});

test("work that costs bytes ends after so many units", () => {
  let units = 0;
  rateOf(() => units++, { seconds: 5, mostUnits: 100 });
  expect(units).toBe(115);
});

test("fewer units than rounds are each a round", () => {
  expect(medianRate([0, 1, 3])).toBeCloseTo(0.75);
});
