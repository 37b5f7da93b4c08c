import { describe, expect, test } from "vitest";
import { quantile, upperBound } from "./proportion.ts";

describe("the upper bound of a rate", () => {
  test("is three in N where it never happened", () => {
    expect(upperBound({ count: 0, of: 300 })).toBeCloseTo(3 / 300, 3);
    expect(upperBound({ count: 0, of: 60 })).toBeCloseTo(1 - 0.05 ** (1 / 60), 6);
  });

  test("is that of Clopper and Pearson", () => {
    expect(upperBound({ count: 2, of: 20 })).toBeCloseTo(0.2826, 3);
    expect(upperBound({ count: 5, of: 5 })).toBe(1);
    expect(upperBound({ count: 0, of: 0 })).toBe(1);
  });

  test("stands of many as of few", () => {
    expect(upperBound({ count: 50, of: 20_000 })).toBeCloseTo(0.00317, 4);
  });
});

test("a quantile lies between its neighbours", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([7], 0.9)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});
