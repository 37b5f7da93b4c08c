import { expect, test } from "vitest";
import { formatDuration } from "./duration.ts";

test.each([
  [0, "0 s"],
  [0.0034, "3.4 ms"],
  [0.34, "340 ms"],
  [0.9994, "999 ms"],
  [0.9996, "1 s"],
  [1.54, "1.5 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [860, "14 min 20 s"],
  [3599.7, "1 h"],
  [3600 * 5 + 60 * 29.7, "5 h 30 min"],
  [86_400 * 3 + 3600 * 4 + 1, "3 d 4 h"],
  [86_400 * 1200, "1,200 d"],
  [-75, "−1 min 15 s"],
  [Number.NaN, "–"],
])("%f seconds read as %s", (seconds, text) => {
  expect(formatDuration(seconds, "en")).toBe(text);
});

test("the decimal mark is the reader's", () => {
  expect(formatDuration(1.54, "pt-BR")).toBe("1,5 s");
  expect(formatDuration(0.0034, "es")).toBe("3,4 ms");
});
