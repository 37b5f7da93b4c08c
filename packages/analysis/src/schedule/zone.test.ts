import { expect, test } from "vitest";
import { clockChanges, offsetAt, offsetsWithin } from "./zone.ts";

const at = (text: string) => Date.parse(text);

test("clocks are put forward and back when the zone says so, and never in UTC", () => {
  const year = [at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")] as const;
  expect(clockChanges("Europe/Berlin", ...year)).toEqual([
    at("2026-03-29T01:00:00Z"),
    at("2026-10-25T01:00:00Z"),
  ]);
  expect(clockChanges("America/New_York", ...year)).toEqual([
    at("2026-03-08T07:00:00Z"),
    at("2026-11-01T06:00:00Z"),
  ]);
  expect(clockChanges("UTC", ...year)).toEqual([]);
});

test("a change at the very start is in the span, one at the very end is not", () => {
  const change = at("2026-10-25T01:00:00Z");
  expect(clockChanges("Europe/Berlin", change, change + 1000)).toEqual([change]);
  expect(clockChanges("Europe/Berlin", change - 1000, change)).toEqual([]);
});

test.each(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"])(
  "the offsets of many instants in %s are those of each",
  (zone) => {
    const [from, to] = [at("2018-01-01T00:00:00Z"), at("2020-01-01T00:00:00Z")];
    const offsetOf = offsetsWithin(zone, from, to);
    for (let instant = from; instant <= to; instant += 7 * 3_600_000)
      expect(offsetOf(instant)).toBe(offsetAt(zone, instant));
    expect(offsetOf(to)).toBe(offsetAt(zone, to));
  },
);
