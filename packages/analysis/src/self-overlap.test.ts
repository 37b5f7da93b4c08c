import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { selfOverlap } from "./self-overlap.ts";

const of = (...runs: [number, number][]) =>
  selfOverlap(
    Float64Array.from(runs, ([start]) => start),
    Float64Array.from(runs, ([, end]) => end),
  );

test("runs that share time are counted, with the time and the most at once", () => {
  expect(of([0, 10], [4, 6], [8, 20], [30, 40])).toEqual({ runs: 3, mostAtOnce: 2, time: 4 });
  expect(of([0, 10], [1, 10], [2, 10])).toEqual({ runs: 3, mostAtOnce: 3, time: 9 });
});

test("touching runs, runs of no length, and none share nothing", () => {
  expect(of([0, 10], [10, 20], [15, 15])).toEqual({ runs: 0, mostAtOnce: 1, time: 0 });
  expect(of([0, 10], [5, 5])).toEqual({ runs: 0, mostAtOnce: 1, time: 0 });
  expect(of()).toEqual({ runs: 0, mostAtOnce: 0, time: 0 });
  expect(() => of([5, 1])).toThrow(RangeError);
  expect(() => of([5, 6], [1, 2])).toThrow(RangeError);
});

property.prop([fc.array(fc.tuple(fc.nat(50), fc.nat(8)), { maxLength: 30 })])(
  "agrees with looking at every pair and every unit of time",
  (given) => {
    const runs = given
      .map(([start, length]): [number, number] => [start, start + length])
      .toSorted((a, b) => a[0] - b[0]);
    const share = (i: number, j: number) =>
      Math.min(runs[i]![1], runs[j]![1]) > Math.max(runs[i]![0], runs[j]![0]);
    const running = Array.from(
      { length: 60 },
      (_, at) => runs.filter(([from, to]) => from <= at && at < to).length,
    );
    expect(of(...runs)).toEqual({
      runs: runs.filter((_, i) => runs.some((__, j) => i !== j && share(i, j))).length,
      mostAtOnce: Math.max(...running),
      time: running.filter((count) => count > 1).length,
    });
  },
);
