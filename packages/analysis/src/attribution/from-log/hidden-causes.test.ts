import { describe, expect, test } from "vitest";
import { hiddenOf, sureness } from "./hidden-causes.ts";

/** 200 runs that take their 100 s, a tenth more or less; `slow` of them twice as long for reasons that nobody knows. */
const runsAlone = (slow: number) => {
  const seconds = Array.from({ length: 200 }, (_, i) => (i < slow ? 200 : 90 + i / 10));
  return hiddenOf(
    seconds,
    seconds.map(() => 100),
  );
};
const expected = (mean: number, deviation: number) => ({ mean, variance: deviation ** 2 });

describe("how sure the first of the known culprits is the main cause", () => {
  test("it is, where the run took as much longer as was expected and nothing else ever slows it", () => {
    expect(sureness([expected(100, 10)], 0, runsAlone(0), 100, 100)).toBeGreaterThan(0.99);
  });

  test("it is not, where the run took far longer than the culprit ever cost", () => {
    expect(sureness([expected(30, 5)], 0, runsAlone(0), 100, 200)).toBeLessThan(0.1);
  });

  test("the more of its runs are as slow without any culprit, the less sure it is of one whose cost varies", () => {
    const sure = [0, 20, 100].map((slow) => sureness([expected(60, 40)], 0, runsAlone(slow), 100, 100));
    expect(sure).toEqual(sure.toSorted((a, b) => b - a));
    expect(sure[0]! - sure[2]!).toBeGreaterThan(0.1);
  });

  test("of two that may have cost the same it is a guess", () => {
    const sure = sureness([expected(50, 20), expected(50, 20)], 0, runsAlone(0), 100, 100);
    expect(sure).toBeGreaterThan(0.3);
    expect(sure).toBeLessThan(0.75);
  });

  test("with no run alone nothing is known of what else happens, and little is sure", () => {
    expect(sureness([expected(60, 40)], 0, hiddenOf([], []), 100, 100)).toBeLessThan(0.85);
  });

  test("many runs are kept as their quantiles", () => {
    const kept = hiddenOf(
      Array.from({ length: 5000 }, (_, i) => 100 + i / 50),
      Array.from({ length: 5000 }, () => 100),
    );
    expect(kept.length).toBe(400);
    expect(kept[0]).toBeCloseTo(0, 2);
    expect(kept[399]).toBeCloseTo(1, 2);
  });
});
