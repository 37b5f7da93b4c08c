import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { busyBetween, busyTime, type BusyTime } from "./busy.ts";
import { orderOf, overlapLength, sortByStart, type Intervals } from "./intervals.ts";
import { accumulateTotals, enumeratePairs, overlapTotals } from "./overlap.ts";
import { usualOverlap } from "./usual.ts";

const groups = 4;
/** Whole microseconds around the present, close enough together to meet, to touch and to coincide. */
const epoch = 1_790_000_000_000_000;
const interval = fc.record({
  start: fc.integer({ min: 0, max: 60 }),
  length: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(1_000_000)),
  group: fc.integer({ min: 0, max: groups - 1 }),
});
const intervalList = fc.array(interval, { maxLength: 60 });
type Given = { start: number; length: number; group: number };

const columns = (given: readonly Given[], shift = epoch): Intervals => ({
  start: Float64Array.from(given, ({ start }) => start + shift),
  end: Float64Array.from(given, ({ start, length }) => start + length + shift),
  group: Int32Array.from(given, ({ group }) => group),
});

function bruteForce({ start, end, group }: Intervals): Float64Array {
  const totals = new Float64Array(groups * groups);
  for (let i = 0; i < start.length; i++) {
    for (let j = 0; j < i; j++) {
      const shared = overlapLength(start[i]!, end[i]!, start[j]!, end[j]!);
      totals[group[i]! * groups + group[j]!]! += shared;
      if (group[i] !== group[j]) totals[group[j]! * groups + group[i]!]! += shared;
    }
  }
  return totals;
}

describe("overlapLength", () => {
  test("touching and zero-length intervals share nothing", () => {
    expect(overlapLength(0, 10, 4, 6)).toBe(2);
    expect(overlapLength(0, 10, 10, 20)).toBe(0);
    expect(overlapLength(0, 10, 5, 5)).toBe(0);
    expect(overlapLength(0, 10, 20, 30)).toBe(0);
  });

  test("a reversed interval, or one without an end, is an error", () => {
    expect(() => overlapLength(0, 10, 6, 4)).toThrow(RangeError);
    expect(() => overlapLength(0, Number.NaN, 4, 6)).toThrow("has no end");
    const reversed = { start: Float64Array.of(5), end: Float64Array.of(4), group: Int32Array.of(0) };
    expect(() => overlapTotals(reversed, 1)).toThrow(RangeError);
    expect(() => busyTime(reversed.start, reversed.end)).toThrow(RangeError);
  });
});

describe("overlapTotals", () => {
  test("counts every pair of different executions once", () => {
    const totals = overlapTotals(
      {
        start: Float64Array.of(0, 2, 3, 10),
        end: Float64Array.of(10, 5, 4, 12),
        group: Int32Array.of(0, 1, 1, 1),
      },
      2,
    );
    // 0 with 1: 3 + 1 (the last one only touches); 1 with itself: [3, 4).
    expect([...totals]).toEqual([0, 4, 4, 1]);
  });

  test("refuses unsorted intervals and unknown groups", () => {
    const unsorted = { start: Float64Array.of(5, 0), end: Float64Array.of(6, 1), group: Int32Array.of(0, 0) };
    expect(() => overlapTotals(unsorted, 1)).toThrow("not sorted");
    expect(() => overlapTotals({ ...sortByStart(unsorted), group: Int32Array.of(0, 1) }, 1)).toThrow(
      RangeError,
    );
  });

  property.prop([intervalList])("both ways equal brute force, to the microsecond", (given) => {
    const sorted = sortByStart(columns(given));
    const expected = bruteForce(sorted);
    expect(enumeratePairs(sorted, groups, Infinity)!.totals).toEqual(expected);
    expect(accumulateTotals(sorted, groups)).toEqual(expected);
  });

  property.prop([intervalList, fc.integer({ min: -epoch, max: epoch })])(
    "reordering, shifting and renaming change nothing",
    (given, shift) => {
      const totals = overlapTotals(sortByStart(columns(given)), groups);
      expect(overlapTotals(sortByStart(columns(given.toReversed())), groups)).toEqual(totals);
      expect(overlapTotals(sortByStart(columns(given, shift)), groups)).toEqual(totals);
      const renamed = given.map((each) => ({ ...each, group: groups - 1 - each.group }));
      expect(overlapTotals(sortByStart(columns(renamed)), groups)).toEqual(totals.toReversed());
    },
  );

  test("100,000 runs that started at one instant and never ended take no time", () => {
    const count = 100_000;
    const totals = overlapTotals(
      {
        start: new Float64Array(count).fill(epoch),
        end: new Float64Array(count).fill(epoch + 10),
        group: Int32Array.from({ length: count }, (_, i) => i % 2),
      },
      2,
    );
    const half = count / 2;
    expect([...totals]).toEqual([
      (10 * half * (half - 1)) / 2,
      10 * half * half,
      10 * half * half,
      (10 * half * (half - 1)) / 2,
    ]);
  });

  test("a process that always runs meets everything that runs", () => {
    const count = 1000;
    const start = Float64Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 0 : i * 10));
    const end = start.map((at, i) => (i === 0 ? 1e9 : at + 3));
    const group = Int32Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 0 : 1));
    expect([...overlapTotals({ start, end, group }, 2)]).toEqual([0, 3 * count, 3 * count, 0]);
  });

  test("a run recorded twice overlaps its double", () => {
    const twice = { start: Float64Array.of(0, 0), end: Float64Array.of(7, 7), group: Int32Array.of(0, 0) };
    expect([...overlapTotals(twice, 1)]).toEqual([7]);
  });
});

describe("busyBetween", () => {
  property.prop([intervalList, fc.integer({ min: -10, max: 100 }), fc.integer({ min: 0, max: 50 })])(
    "equals the sweep over the window",
    (given, from, length) => {
      const { start, end } = sortByStart(columns(given));
      const window = { from: epoch + from, to: epoch + from + length };
      const expected = start.reduce(
        (sum, at, i) => sum + overlapLength(at, end[i]!, window.from, window.to),
        0,
      );
      expect(busyBetween(busyTime(start, end), window.from, window.to)).toBe(expected);
    },
  );

  test("two at once count twice, and nothing counts before or after", () => {
    const busy = busyTime(Float64Array.of(0, 5), Float64Array.of(10, 10));
    expect(busyBetween(busy, 4, 6)).toBe(3);
    expect(busyBetween(busy, -5, 0)).toBe(0);
    expect(busyBetween(busy, 10, 99)).toBe(0);
    expect(() => busyBetween(busy, 6, 4)).toThrow(RangeError);
    expect(busyBetween(busyTime(new Float64Array(), new Float64Array()), 0, 9)).toBe(0);
  });
});

describe("usualOverlap", () => {
  const within = (busy: BusyTime) => (from: number, to: number) => busyBetween(busy, from, to);

  const windows = [0, 100, 200].map((from) => ({ from, to: from + 50 }));

  test("is the median over the windows", () => {
    const busy = busyTime(Float64Array.of(10, 140), Float64Array.of(30, 190));
    expect(usualOverlap(windows, within(busy))).toBe(10);
    expect(usualOverlap(windows, within(busyTime(new Float64Array(), new Float64Array())))).toBe(0);
  });

  test("a run is not beside itself", () => {
    const start = Float64Array.of(0, 20, 100, 200);
    const busy = busyTime(start, Float64Array.of(50, 40, 150, 250));
    expect(usualOverlap(windows, within(busy), true)).toBe(0);
    expect(usualOverlap([windows[0]!, windows[0]!, windows[0]!], within(busy), true)).toBe(20);
  });

  test("is unknown with too few windows", () => {
    expect(
      usualOverlap(windows.slice(1), within(busyTime(Float64Array.of(100), Float64Array.of(150)))),
    ).toBeNull();
  });
});

property.prop([fc.array(fc.double({ noNaN: true }), { maxLength: 100 })])(
  "orderOf sorts any numbers and keeps equal ones in order",
  (values) => {
    const order = orderOf(Float64Array.from(values));
    const expected = values.map((_, i) => i).toSorted((a, b) => compare(values[a]!, values[b]!) || a - b);
    expect([...order]).toEqual(expected);
  },
);

/** Zero has a sign in its bits, and so in the order. */
function compare(a: number, b: number): number {
  if (a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return a < b ? -1 : Number(a > b);
}
