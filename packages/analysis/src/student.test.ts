import { expect, test } from "vitest";
import { binomialTail, studentBound, studentTails } from "./student.ts";

test("the tails of Student's t are those of the tables", () => {
  expect(studentTails(12.706, 1)).toBeCloseTo(0.05, 4);
  expect(studentTails(2.2281, 10)).toBeCloseTo(0.05, 5);
  expect(studentTails(0, 4)).toBe(1);
  expect(studentTails(1.959964, 1e6)).toBeCloseTo(0.05, 5);
  // One and two degrees of freedom have a closed form.
  expect(studentTails(1e4, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(1e4), 12);
  expect(studentTails(40, 2)).toBeCloseTo(1 - 40 / Math.sqrt(2 + 40 ** 2), 12);
  expect(studentBound(0.05, 2)).toBeCloseTo(4.30265, 4);
  expect(studentBound(0.01, 13)).toBeCloseTo(3.01228, 4);
});

test("the tail of a binomial distribution counts its terms", () => {
  expect(binomialTail(3, 3, 1 / 15)).toBeCloseTo((1 / 15) ** 3, 12);
  expect(binomialTail(0, 9, 0.2)).toBe(1);
  expect(binomialTail(10, 9, 0.2)).toBe(0);
  expect(binomialTail(2, 4, 0.5)).toBeCloseTo(11 / 16, 12);
});
