import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { isSameKind, isSameWeekday, spansBefore } from "./spans.ts";

const hour = 3600;
const day = 24 * hour;
const tuesday = { from: Date.UTC(2026, 2, 3, 3) / 1000, to: Date.UTC(2026, 2, 3, 4) / 1000 };

describe("the spans before", () => {
  test("are the same hours of two weeks, and of the same weekday of two more", () => {
    const before = spansBefore(tuesday);
    expect(before).toHaveLength(16);
    expect(before[0]).toEqual({ from: tuesday.from - day, to: tuesday.to - day });
    expect(before.at(-1)).toEqual({ from: tuesday.from - 28 * day, to: tuesday.to - 28 * day });
    expect(before.filter((one) => isSameWeekday(one, tuesday))).toHaveLength(4);
    expect(before.filter((one) => !isSameKind(one, tuesday))).toHaveLength(4);
  });

  test("end where the data begin", () => {
    expect(spansBefore(tuesday, tuesday.from - 3 * day)).toHaveLength(3);
    expect(spansBefore(tuesday, tuesday.from)).toEqual([]);
  });

  test("of a week are weeks, and have no kind of day", () => {
    const before = spansBefore({ from: 0, to: 7 * day });
    expect(before[0]).toEqual({ from: -7 * day, to: 0 });
    expect(isSameKind(before[0]!, { from: day, to: 8 * day })).toBe(true);
    expect(isSameWeekday(before[0]!, { from: 0, to: 7 * day })).toBe(false);
  });

  test("of a reversed span are an error", () => {
    expect(() => spansBefore({ from: 1, to: 1 })).toThrow(RangeError);
  });

  property.prop([fc.integer({ min: 1, max: 200 * day })])(
    "never overlap the span nor each other",
    (length) => {
      const span = { from: 1000 * day, to: 1000 * day + length };
      let next = span.from;
      for (const { from, to } of spansBefore(span)) {
        expect(to).toBeLessThanOrEqual(next);
        expect(to - from).toBe(length);
        next = from;
      }
    },
  );
});
