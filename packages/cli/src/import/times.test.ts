import { expect, test } from "vitest";
import { readDuration, readInstant, readSpan } from "./times.ts";

const form = { zone: "America/Sao_Paulo", dateOrder: undefined };
const at = (text: string, more: { zone?: string; dateOrder?: "dmy" | "mdy" } = {}) => {
  const read = readInstant(text, { ...form, ...more });
  return read && new Date(read.at / 1000).toISOString();
};

test("times are read as logs write them, local ones in the zone that was said", () => {
  expect(at("2026-11-23T03:00:00.5Z")).toBe("2026-11-23T03:00:00.500Z");
  expect(at("2026-11-23T03:00:00-05:00")).toBe("2026-11-23T08:00:00.000Z");
  expect(at("2026-11-23 03:00:00 +0530")).toBe("2026-11-22T21:30:00.000Z");
  expect(at("2026-11-23 03:00:00 UTC")).toBe("2026-11-23T03:00:00.000Z");
  expect(at("2026-11-23 03:00:00.1234")).toBe("2026-11-23T06:00:00.123Z");
  expect(at("2026-11-23 03:00")).toBe("2026-11-23T06:00:00.000Z");
  expect(at("20261123T030000")).toBe("2026-11-23T06:00:00.000Z");
  expect(at("2026-11-23 3:05:07,25")).toBe("2026-11-23T06:05:07.250Z");
});

test("a number is seconds since 1970 in the precision that its length tells", () => {
  for (const text of [
    "1763866800",
    "1763866800.000",
    "1763866800000",
    "1763866800000000",
    "1763866800000000000",
  ])
    expect(at(text)).toBe("2025-11-23T03:00:00.000Z");
  expect(readInstant("1763866800.123456", form)?.at).toBe(1_763_866_800_123_456);
});

test("a date with the year last needs to be told which number is the day", () => {
  expect(at("03/04/2026 10:00:00")).toBeNull();
  expect(at("03/04/2026 10:00:00", { dateOrder: "dmy" })).toBe("2026-04-03T13:00:00.000Z");
  expect(at("03/04/2026 10:00", { dateOrder: "mdy" })).toBe("2026-03-04T13:00:00.000Z");
});

test("what is no time is none", () => {
  for (const text of ["", "soon", "2026-02-31 03:00:00", "2026-11-23 25:00:00", "12", "0000-00-00 00:00:00"])
    expect(at(text)).toBeNull();
});

test("the two ends of a run tell each other apart when the clock shows an hour twice", () => {
  const span = readSpan("2025-11-02 01:50:00", "2025-11-02 01:10:00", { ...form, zone: "America/New_York" });
  expect(span).toMatchObject({ ambiguous: true });
  expect((span!.endedAt - span!.startedAt) / 1e6).toBe(1200);
});

test("durations are numbers in their unit, or clock-like", () => {
  expect(readDuration("1500", 1e-3)).toBe(1.5);
  expect(readDuration("2,5", 60)).toBe(150);
  expect(readDuration("01:02:03.5", 1)).toBe(3723.5);
  expect(readDuration("02:30", 1)).toBe(150);
  for (const text of ["", "-1", "1e", "ten"]) expect(readDuration(text, 1)).toBeNull();
});
