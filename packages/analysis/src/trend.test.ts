import { expect, test } from "vitest";
import { findTrend } from "./trend.ts";

const day = 86_400;
const noise = (i: number): number => 0.12 * Math.sin(i * 12.9898 + Math.sin(i * 78.233) * 43_758.5453);

function nightly(count: number, log: (night: number) => number) {
  return {
    at: Float64Array.from({ length: count }, (_, night) => 1.7e9 + night * day),
    logs: Float64Array.from({ length: count }, (_, night) => noise(night) + log(night)),
  };
}

test("growth of 3% a week is told with an interval around it, whatever a few runs do", () => {
  const grows = (night: number) => (night / 7) * Math.log(1.03) + (night % 11 === 4 ? 2 : 0);
  const trend = findTrend(nightly(90, grows))!;
  expect(trend.perWeek).toBeGreaterThan(0.02);
  expect(trend.perWeek).toBeLessThan(0.04);
  expect(trend.low).toBeLessThan(0.03);
  expect(trend.low).toBeGreaterThan(0);
  expect(trend.high).toBeGreaterThan(0.03);
  expect(findTrend(nightly(90, (night) => -grows(night)))!.perWeek).toBeLessThan(-0.02);
});

test("noise, a weekly pattern, and noise that lasts for days are no trend", () => {
  expect(findTrend(nightly(60, () => 0))).toBeNull();
  expect(findTrend(nightly(30, (night) => (night % 7 > 4 ? 0.5 : 0)))).toBeNull();
  expect(findTrend(nightly(60, (night) => Math.sin(night / 7)))).toBeNull();
});

test("of a few runs, or of two weeks at most, nothing is told", () => {
  expect(findTrend(nightly(9, (night) => night))).toBeNull();
  expect(findTrend(nightly(13, (night) => night))).toBeNull();
  expect(findTrend({ at: new Float64Array(50).fill(1.7e9), logs: new Float64Array(50) })).toBeNull();
});

test("what runs show that all began within a moment is no growth by the week", () => {
  const at = Float64Array.from({ length: 200 }, (_, i) => (i === 0 ? 1.7e9 - 20 * day : 1.7e9 + i * 1e-3));
  expect(findTrend({ at, logs: Float64Array.from(at, (_, i) => Math.log(10 + i)) })).toBeNull();
});

test("thousands of runs are told from as well", () => {
  const at = Float64Array.from({ length: 30 * 288 }, (_, i) => 1.7e9 + i * 300);
  const logs = Float64Array.from(at, (_, i) => noise(i) + (i / (7 * 288)) * Math.log(1.05));
  expect(findTrend({ at, logs })!.perWeek).toBeCloseTo(0.05, 2);
});
