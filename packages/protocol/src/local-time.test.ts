import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { formatInstant, parseInstant } from "./instant.ts";
import { isTimeZone, parseLocalSpan, parseLocalTime } from "./local-time.ts";

const at = (text: string, zone: string) => {
  const read = parseLocalTime(text, zone);
  return read && `${read.shown} ${formatInstant(read.at).replace(/\.000000Z$/, "Z")}`;
};

/** What the clock of the zone shows, by the system's own formatter. */
const face = (zone: string, micros: number) => {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(Math.floor(micros / 1000));
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return `${parts}.${String(fraction).padStart(6, "0")}`;
};

describe("local times", () => {
  test.each([
    ["2026-07-01 12:00:00", "America/Sao_Paulo", "once 2026-07-01T15:00:00Z"],
    ["2026-07-01T12:00:00", "Europe/Berlin", "once 2026-07-01T10:00:00Z"],
    ["2026-07-01 12:00:00.", "UTC", "once 2026-07-01T12:00:00Z"],
    ["2026-07-01 12:00:00+02:00", "America/Sao_Paulo", "once 2026-07-01T10:00:00Z"],
    ["2026-07-01T12:00:00Z", "America/Sao_Paulo", "once 2026-07-01T12:00:00Z"],
    ["1965-06-01 00:00:00", "America/New_York", "once 1965-06-01T04:00:00Z"],
    ["1883-11-18 11:59:59", "America/New_York", "once 1883-11-18T16:56:01Z"],
    // The end and the beginning of daylight saving.
    ["2026-10-25 01:59:59", "Europe/Berlin", "once 2026-10-24T23:59:59Z"],
    ["2026-10-25 02:00:00", "Europe/Berlin", "twice 2026-10-25T00:00:00Z"],
    ["2026-10-25 02:59:59", "Europe/Berlin", "twice 2026-10-25T00:59:59Z"],
    ["2026-10-25 03:00:00", "Europe/Berlin", "once 2026-10-25T02:00:00Z"],
    ["2026-03-29 01:59:59", "Europe/Berlin", "once 2026-03-29T00:59:59Z"],
    ["2026-03-29 02:30:00", "Europe/Berlin", "never 2026-03-29T01:30:00Z"],
    ["2026-03-29 03:00:00", "Europe/Berlin", "once 2026-03-29T01:00:00Z"],
    // At midnight, and the whole evening before it.
    ["2018-02-17 23:30:00", "America/Sao_Paulo", "twice 2018-02-18T01:30:00Z"],
    ["2018-11-04 00:30:00", "America/Sao_Paulo", "never 2018-11-04T03:30:00Z"],
    // Half an hour.
    ["2026-04-05 01:45:00", "Australia/Lord_Howe", "twice 2026-04-04T14:45:00Z"],
    ["2026-10-04 02:15:00", "Australia/Lord_Howe", "never 2026-10-03T15:45:00Z"],
    // The day that Samoa left out.
    ["2011-12-29 23:59:59", "Pacific/Apia", "once 2011-12-30T09:59:59Z"],
    ["2011-12-30 00:00:00", "Pacific/Apia", "never 2011-12-30T10:00:00Z"],
    ["2011-12-30 12:00:00", "Pacific/Apia", "never 2011-12-30T22:00:00Z"],
    ["2011-12-31 00:00:00", "Pacific/Apia", "once 2011-12-30T10:00:00Z"],
  ])("%s in %s is %s", (text, zone, expected) => {
    expect(at(text, zone)).toBe(expected);
  });

  test("up to six decimals are kept", () => {
    expect(parseLocalTime("1970-01-01 00:00:01.5", "UTC")?.at).toBe(1_500_000);
    expect(parseLocalTime("1970-01-01 00:00:01.000012", "UTC")?.at).toBe(1_000_012);
    expect(parseLocalTime("1969-12-31 23:59:59.9999", "UTC")?.at).toBe(-100);
  });

  test("of a time shown twice both readings are given, the first first", () => {
    const read = parseLocalTime("2026-10-25 02:30:00.25", "Europe/Berlin")!;
    expect(read.otherwise - read.at).toBe(3600 * 1_000_000);
    expect(read.at).toBe(parseInstant("2026-10-25T00:30:00.25Z"));
  });

  test.each([
    "2026-02-30 00:00:00",
    "2026-01-01 24:00:00",
    "2026-01-01 00:60:00",
    "0000-00-00 00:00:00",
    "2026-01-01 00:00:00.1234567",
    "2026-1-1 00:00:00",
    "2026-01-01",
    "2026-01-01 00:00:00\n",
    "now",
    "",
  ])("%j is no local time", (text) => {
    expect(parseLocalTime(text, "America/Sao_Paulo")).toBeNull();
  });

  test("zones are told from other words", () => {
    expect(["UTC", "America/Sao_Paulo", "Europe/Berlin"].map(isTimeZone)).toEqual([true, true, true]);
    expect(["", "Mars/Olympus", "America/Sao_Paulo\n", "../../etc"].map(isTimeZone)).toEqual(
      Array(4).fill(false),
    );
    expect(() => parseLocalTime("2026-01-01 00:00:00", "Mars/Olympus")).toThrow(RangeError);
  });

  const zones = [
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
  ];
  test.prop([
    fc.constantFrom(...zones),
    // 1900 to 2100: mostly ordinary times.
    fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_800_000_000 }),
  ])("what a clock shows is read back as one of the instants at which it shows it", (zone, micros) => {
    const read = parseLocalTime(face(zone, micros), zone)!;
    expect(read.shown).not.toBe("never");
    expect([read.at, read.otherwise]).toContain(micros);
    expect(face(zone, read.at)).toBe(face(zone, read.otherwise));
    expect(read.at <= read.otherwise).toBe(true);
    expect(read.shown === "twice").toBe(read.at !== read.otherwise);
  });

  const changes = [
    ["Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["America/Sao_Paulo", "2018-02-18T02:00:00Z"],
    ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ] as const;
  test.prop([
    fc.constantFrom(...changes),
    fc.integer({ min: -30 * 3600, max: 30 * 3600 }),
    fc.nat({ max: 999_999 }),
  ])("around a change of the clock too", ([zone, change], seconds, micros) => {
    const instant = parseInstant(change)! + seconds * 1_000_000 + micros;
    const read = parseLocalTime(face(zone, instant), zone)!;
    expect([read.at, read.otherwise]).toContain(instant);
    expect(read.shown).toBe(read.at === read.otherwise ? "once" : "twice");
  });

  test.prop([fc.constantFrom(...changes), fc.integer({ min: -30 * 3600, max: 30 * 3600 })])(
    "a face that reads back differently is one that the clock never shows",
    ([zone, change], seconds) => {
      const text = formatInstant(parseInstant(change)! + seconds * 1_000_000).replace("Z", "");
      const read = parseLocalTime(text, zone)!;
      expect(face(zone, read.at) === text.replace("T", " ")).toBe(read.shown !== "never");
    },
  );
});

describe("a span of local times", () => {
  const span = (start: string, end: string) => {
    const read = parseLocalSpan(start, end, "Europe/Berlin");
    return read && [(read.endedAt - read.startedAt) / 60_000_000, read.ambiguous];
  };

  test.each([
    ["on an ordinary day", "2026-07-01 02:50:00", "2026-07-01 03:10:00", [20, false]],
    ["over the second showing", "2026-10-25 02:50:00", "2026-10-25 02:10:00", [20, true]],
    ["out of the second showing", "2026-10-25 02:50:00", "2026-10-25 03:10:00", [20, true]],
    ["into the first showing", "2026-10-25 01:50:00", "2026-10-25 02:10:00", [20, true]],
    ["over both", "2026-10-25 01:50:00", "2026-10-25 03:10:00", [140, false]],
    ["over the hour left out", "2026-03-29 01:50:00", "2026-03-29 03:10:00", [20, false]],
    ["out of the hour left out", "2026-03-29 02:50:00", "2026-03-29 03:10:00", [20, true]],
    ["reversed, which stays so", "2026-07-01 03:10:00", "2026-07-01 02:50:00", [-20, false]],
  ])("%s", (_name, start, end, expected) => {
    expect(span(start, end)).toEqual(expected);
  });

  test("two times within the hour that comes twice are taken in its first showing", () => {
    const read = parseLocalSpan("2026-10-25 02:10:00", "2026-10-25 02:20:00", "Europe/Berlin")!;
    expect(formatInstant(read.startedAt)).toBe("2026-10-25T00:10:00.000000Z");
  });

  test("a time that is none makes none", () => {
    expect(span("2026-07-01 02:50:00", "")).toBeNull();
  });
});
