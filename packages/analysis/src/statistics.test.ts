import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { select } from "./select.ts";
import { medianOf, summarize } from "./statistics.ts";

const durations = fc
  .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((values) => Float64Array.from(values));

describe("summarize", () => {
  test("gives the textbook values of a small set", () => {
    const summary = summarize(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9));
    expect(summary).toEqual({
      count: 8,
      total: 40,
      mean: 5,
      standardDeviation: Math.sqrt(32 / 7),
      median: 4.5,
      mad: 0.5,
      p95: expect.closeTo(7 + 0.65 * 2, 12) as number,
      p99: expect.closeTo(7 + 0.93 * 2, 12) as number,
      min: 2,
      max: 9,
    });
  });

  test("knows no values, one value and equal values", () => {
    expect(summarize(new Float64Array())).toBeNull();
    expect(summarize(Float64Array.of(3))).toMatchObject({
      standardDeviation: null,
      median: 3,
      mad: 0,
      p99: 3,
    });
    expect(summarize(new Float64Array(1000).fill(7))).toMatchObject({
      mean: 7,
      mad: 0,
      standardDeviation: 0,
    });
  });

  test("refuses what is not a duration", () => {
    expect(() => summarize(Float64Array.of(1, Number.NaN))).toThrow(RangeError);
    expect(() => summarize(Float64Array.of(Infinity))).toThrow(RangeError);
  });

  property.prop([durations])("equals the definitions on the sorted values", (values) => {
    const sorted = values.toSorted();
    const quantile = (share: number) => {
      const position = (sorted.length - 1) * share;
      const low = sorted[Math.floor(position)]!;
      return low + (sorted[Math.ceil(position)]! - low) * (position - Math.floor(position));
    };
    const summary = summarize(values)!;
    expect(summary.median).toBeCloseTo(quantile(0.5), 6);
    expect(summary.p95).toBeCloseTo(quantile(0.95), 6);
    expect(summary.p99).toBeCloseTo(quantile(0.99), 6);
    expect(summary.mad).toBeCloseTo(medianOf(values.map((value) => Math.abs(value - summary.median))), 6);
    expect([summary.min, summary.max]).toEqual([sorted[0], sorted.at(-1)]);
  });

  property.prop([durations, fc.double({ min: 0, max: 1e6, noNaN: true })])(
    "does not care for order, and shifting moves places but not spreads",
    (values, shift) => {
      const summary = summarize(values)!;
      expect(summarize(values.toReversed())!.median).toBe(summary.median);
      const shifted = summarize(values.map((value) => value + shift))!;
      expect(shifted.median).toBeCloseTo(summary.median + shift, 6);
      expect(shifted.mad).toBeCloseTo(summary.mad, 6);
      expect(shifted.standardDeviation ?? 0).toBeCloseTo(summary.standardDeviation ?? 0, 5);
    },
  );

  test("leaves its input as it was", () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
    const before = values.slice();
    summarize(values);
    expect(values).toEqual(before);
  });
});

property.prop([durations, fc.nat()])("select finds what sorting finds", (values, number) => {
  const rank = number % values.length;
  const sorted = values.toSorted();
  expect(select(values, rank)).toBe(sorted[rank]);
});

test("select refuses a rank outside its range", () => {
  expect(() => select(Float64Array.of(1, 2), 2)).toThrow(RangeError);
  expect(() => select(new Float64Array(), 0)).toThrow(RangeError);
});
