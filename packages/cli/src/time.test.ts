import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "./failures.ts";
import { lengthOption, parseLength, parseTime, timeOption } from "./time.ts";

const now = Date.UTC(2026, 10, 23, 12) * 1000;
const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "America/Sao_Paulo";
});
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

test.each([
  ["90s", 90],
  ["15m", 900],
  ["15min", 900],
  ["1.5h", 5400],
  ["24h", 86_400],
  ["7d", 604_800],
  ["2w", 1_209_600],
])("%s is %d seconds", (text, seconds) => {
  expect(parseLength(text)).toBe(seconds);
});

test.each(["", "24", "h", "-1h", "1 h 5", "1y", "24H", "1e3s"])("%j is no length of time", (text) => {
  expect(parseLength(text)).toBeNull();
});

test("a length of time is that long ago", () => {
  expect(parseTime("24h", now)).toBe(now - 86_400_000_000);
});

test("an instant with an offset is itself, to the microsecond", () => {
  expect(parseTime("2026-11-23T03:00:00.000001Z", now)).toBe(Date.UTC(2026, 10, 23, 3) * 1000 + 1);
  expect(parseTime("2026-11-23T03:00:00-03:00", now)).toBe(Date.UTC(2026, 10, 23, 6) * 1000);
});

test("a date without an offset is in the zone of this computer", () => {
  expect(parseTime("2026-11-23", now)).toBe(Date.UTC(2026, 10, 23, 3) * 1000);
  expect(parseTime("2026-11-23 03:30", now)).toBe(Date.UTC(2026, 10, 23, 6, 30) * 1000);
  expect(parseTime("2026-11-23T03:30:15", now)).toBe(Date.UTC(2026, 10, 23, 6, 30, 15) * 1000);
});

test.each(["2026-02-31", "2026-11-23 24:30", "2026-13-01", "yesterday", "03:00"])("%j is no time", (text) => {
  expect(parseTime(text, now)).toBeNull();
});

test("an option that can't be read says how to write it", () => {
  expect(() => timeOption("--since", "yesterday", now)).toThrow(UsageError);
  expect(() => timeOption("--since", "yesterday", now)).toThrow(/--since yesterday.*24h/);
  expect(() => lengthOption("--duration", "long")).toThrow(/--duration long.*15m/);
});
