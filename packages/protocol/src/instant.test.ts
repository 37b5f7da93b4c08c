import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { formatInstant, instant, parseInstant } from "./instant.ts";

describe("instants", () => {
  test("text with microseconds and an offset becomes microseconds in UTC", () => {
    expect(parseInstant("1970-01-01T00:00:01.000002Z")).toBe(1_000_002);
    expect(parseInstant("1970-01-01T01:00:01.5+01:00")).toBe(1_500_000);
    expect(parseInstant("1970-01-01 00:00:00z")).toBe(0);
  });

  test("digits past the microsecond are cut, not rounded", () => {
    expect(parseInstant("1970-01-01T00:00:00.123456999Z")).toBe(123_456);
  });

  test.each([
    ["2026-11-23T03:00:00", "no offset"],
    ["2026-02-30T03:00:00Z", "a day that does not exist"],
    ["2026-02-29T23:30:00-05:00", "the same, seen from another zone"],
    ["2026-11-23T24:30:00Z", "an hour that does not exist"],
    ["2026-11-23", "only a day"],
    ["yesterday", "words"],
    ["2026-11-23T03:00:00Z\n", "a line break behind it"],
  ])("%s is no instant: %s", (text) => {
    expect(parseInstant(text)).toBeNull();
    expect(instant.safeParse(text).success).toBe(false);
  });

  test.prop([fc.integer({ min: -2_000_000_000_000_000, max: 8_000_000_000_000_000 })])(
    "what is written is read back to the microsecond",
    (micros) => {
      expect(parseInstant(formatInstant(micros))).toBe(micros);
    },
  );
});
