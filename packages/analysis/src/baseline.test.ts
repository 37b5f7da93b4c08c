import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { deviationOf, deviationRules, fitBaseline } from "./baseline.ts";

const about = (seconds: number, count = 20) =>
  Float64Array.from({ length: count }, (_, i) => seconds * (1 + 0.02 * ((i % 5) - 2)));

describe("fitBaseline", () => {
  test("gives median, MAD and p95 in seconds, and the spread of the logarithm", () => {
    const baseline = fitBaseline(Float64Array.of(8, 9, 10, 10, 10, 10, 11, 12, 100))!;
    expect(baseline).toMatchObject({ count: 9, medianSeconds: 10, madSeconds: 1 });
    expect(baseline.logMedian).toBeCloseTo(Math.log(10), 12);
    expect(baseline.logSpread).toBeCloseTo(1.4826 * Math.log(1.1), 3);
  });

  test("wants enough runs before it calls anything normal", () => {
    expect(fitBaseline(about(5, deviationRules.leastCount - 1))).toBeNull();
    expect(fitBaseline(about(5, deviationRules.leastCount))).not.toBeNull();
    expect(fitBaseline(new Float64Array())).toBeNull();
  });

  test("takes runs of no length", () => {
    const baseline = fitBaseline(new Float64Array(10))!;
    expect(baseline).toMatchObject({ medianSeconds: 0, logMedian: Math.log(0.001), logSpread: 0 });
    expect(deviationOf(0, baseline)).toBeNull();
    expect(deviationOf(2, baseline)).toMatchObject({ direction: "slow" });
  });
});

describe("deviationOf", () => {
  test("sees both directions", () => {
    const baseline = fitBaseline(about(360))!;
    expect(deviationOf(860, baseline)).toMatchObject({ direction: "slow" });
    expect(deviationOf(20, baseline)).toMatchObject({ direction: "fast" });
    expect(deviationOf(860, baseline)!.score).toBeGreaterThan(3.5);
    expect(deviationOf(20, baseline)!.score).toBeLessThan(-3.5);
    expect(deviationOf(365, baseline)).toBeNull();
  });

  test("a 3 ms job of 5 ms is no event, however steady the job is", () => {
    const baseline = fitBaseline(new Float64Array(1000).fill(0.003))!;
    expect(deviationOf(0.005, baseline)).toBeNull();
    expect(deviationOf(0.9, baseline)).toBeNull();
    expect(deviationOf(1.2, baseline)).not.toBeNull();
  });

  test("a job that always takes the same is not late by a few percent", () => {
    const baseline = fitBaseline(new Float64Array(1000).fill(600))!;
    expect(deviationOf(690, baseline)).toBeNull();
    expect(deviationOf(730, baseline)).toMatchObject({ direction: "slow" });
  });

  test("a job that always varies much is late only when it is far out", () => {
    const baseline = fitBaseline(Float64Array.from({ length: 50 }, (_, i) => 60 * 1.05 ** i))!;
    expect(deviationOf(60 * 1.05 ** 60, baseline)).toBeNull();
  });

  property.prop([
    fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 8, maxLength: 60 }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
  ])("never depends on the order of the runs, and its sign is that of the excess", (values, seconds) => {
    const baseline = fitBaseline(Float64Array.from(values))!;
    const deviation = deviationOf(seconds, baseline);
    expect(deviationOf(seconds, fitBaseline(Float64Array.from(values).toReversed())!)).toEqual(deviation);
    if (deviation) expect(Math.sign(deviation.score)).toBe(Math.sign(seconds - baseline.medianSeconds));
  });
});
