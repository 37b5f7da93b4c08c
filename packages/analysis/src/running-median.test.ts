import { fc, test as property } from "@fast-check/vitest";
import { expect } from "vitest";
import { runningMedian } from "./running-median.ts";
import { medianOf } from "./statistics.ts";

property.prop([fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 30 }), fc.nat(6)])(
  "is the median of the values around each",
  (values, half) => {
    const around = values.map((_, i) => medianOf(values.slice(Math.max(0, i - half), i + half + 1)));
    expect([...runningMedian(Float64Array.from(values), half)]).toEqual(around);
  },
);
