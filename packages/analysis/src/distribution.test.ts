import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { distribute } from "./distribution.ts";

test("steps are equal in log duration and every run is in one", () => {
  const bins = distribute(Float64Array.of(1, 3, 6, 12, 30, 32));
  expect(bins.map((bin) => bin.count)).toEqual([1, 1, 1, 1, 2]);
  expect(bins.map((bin) => bin.toSeconds / bin.fromSeconds)).toEqual(
    bins.map(() => expect.closeTo(2, 9) as number),
  );
});

test("no runs, equal runs and runs of no length have a distribution", () => {
  expect(distribute(new Float64Array())).toEqual([]);
  expect(distribute(Float64Array.of(5, 5, 5))).toEqual([{ fromSeconds: 5, toSeconds: 5, count: 3 }]);
  expect(distribute(new Float64Array(3))).toEqual([{ fromSeconds: 0.001, toSeconds: 0.001, count: 3 }]);
  expect(() => distribute(Float64Array.of(-1))).toThrow(RangeError);
});

property.prop([fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 })])(
  "bins join without gaps and count all",
  (values) => {
    const bins = distribute(Float64Array.from(values));
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
    expect(bins.slice(1).map((bin) => bin.fromSeconds)).toEqual(
      bins.slice(0, -1).map((bin) => bin.toSeconds),
    );
    expect(bins.length).toBeLessThanOrEqual(40);
  },
);
