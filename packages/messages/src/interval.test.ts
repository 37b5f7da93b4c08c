import { expect, test } from "vitest";
import { formatBounds } from "./interval.ts";

test.each([
  [340, 510, "5 min 40 s", "8 min 30 s"],
  [347.3, 503.1, "5 min 40 s", "8 min 30 s"],
  [-10, 160, "−10 s", "2 min 40 s"],
  [9871, 14_032, "2 h 40 min", "3 h 55 min"],
  [0.0123, 0.0456, "12 ms", "46 ms"],
  [100_000, 900_000, "1 d", "10 d 12 h"],
])("%d to %d seconds read as %s to %s", (low, high, from, to) => {
  expect(formatBounds(low, high, "en")).toEqual({ low: from, high: to });
});

test("bounds are rounded away from each other, by less than a tenth of their distance", () => {
  for (let low = 0; low < 5000; low += 37) {
    const bounds = formatBounds(low, low + 600, "en")!;
    const read = (text: string) =>
      [...text.matchAll(/(\d+) (h|min|s)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * { h: 3600, min: 60, s: 1 }[unit as "h" | "min" | "s"],
        0,
      );
    expect(read(bounds.low)).toBeLessThanOrEqual(low);
    expect(read(bounds.low)).toBeGreaterThan(low - 60);
    expect(read(bounds.high)).toBeGreaterThanOrEqual(low + 600);
    expect(read(bounds.high)).toBeLessThan(low + 660);
  }
});

test("an interval whose bounds read the same is none", () => {
  expect(formatBounds(70, 70, "en")).toBeNull();
});
