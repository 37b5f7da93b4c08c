import { Cron } from "croner";
import { describe, expect, test } from "vitest";
import { CronSchedule, ScheduleError } from "./cron.ts";

const day = 86_400_000;
const text = (instants: readonly number[]): string[] =>
  instants.map((instant) => new Date(instant).toISOString().slice(0, 16));
const starts = (cron: string, zone: string, from: string, days: number): string[] =>
  text(new CronSchedule(cron, zone).starts(Date.parse(from), Date.parse(from) + days * day));

test("a start belongs to the window at its first instant and not at its last", () => {
  expect(starts("0 3 * * *", "UTC", "2026-11-20T03:00Z", 1)).toEqual(["2026-11-20T03:00"]);
  expect(starts("0 3 * * *", "Europe/Berlin", "2026-11-20T00:00Z", 2)).toEqual([
    "2026-11-20T02:00",
    "2026-11-21T02:00",
  ]);
});

test("names, steps, lists, the last day and nicknames are read", () => {
  expect(starts("0 9 * jan,dec MON-FRI", "UTC", "2026-12-04T00:00Z", 5)).toEqual([
    "2026-12-04T09:00",
    "2026-12-07T09:00",
    "2026-12-08T09:00",
  ]);
  expect(starts("50-59/5,3 4 * * *", "UTC", "2026-11-20T00:00Z", 1)).toEqual([
    "2026-11-20T04:03",
    "2026-11-20T04:50",
    "2026-11-20T04:55",
  ]);
  expect(starts("0 0 L * *", "UTC", "2026-02-01T00:00Z", 59)).toEqual([
    "2026-02-28T00:00",
    "2026-03-31T00:00",
  ]);
  expect(starts("@daily", "UTC", "2026-02-01T00:00Z", 2)).toEqual(["2026-02-01T00:00", "2026-02-02T00:00"]);
});

describe("when clocks change in Berlin", () => {
  test("a fixed time in the hour that is skipped comes right after it", () => {
    expect(starts("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", 3)).toEqual([
      "2026-03-28T01:30",
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
  });
  test("a fixed time in the hour that repeats comes once", () => {
    expect(starts("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00Z", 3)).toEqual([
      "2026-10-24T00:30",
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });
  test("what runs every half hour follows the clock on the wall, 46 times and 50 times a day", () => {
    expect(starts("*/30 * * * *", "Europe/Berlin", "2026-03-28T23:00Z", 23 / 24)).toHaveLength(46);
    expect(starts("*/30 * * * *", "Europe/Berlin", "2026-10-24T22:00Z", 25 / 24)).toHaveLength(50);
  });
});

test("it agrees with the library over a year of changes, in zones of every kind", () => {
  const expressions = ["0,30 1,2 * * *", "15 1-3 * * 1-5", "0 */2 * * *", "30 2 * * sun", "59 23 15W * *"];
  for (const zone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
    for (const expression of expressions)
      for (const month of [2, 3, 9, 10]) {
        const from = Date.UTC(2026, month, 1) - 6 * day;
        const to = from + 9 * day;
        const library = new Cron(expression, {
          timezone: zone,
          mode: "5-part",
          legacyMode: true,
          fixedTimeRule: "no-wildcard",
        });
        const theirs: number[] = [];
        for (let at = library.nextRun(new Date(from - 1)); at && at.getTime() < to; at = library.nextRun(at))
          theirs.push(at.getTime());
        expect(text(new CronSchedule(expression, zone).starts(from, to)), `${expression} ${zone}`).toEqual(
          text(theirs),
        );
      }
});

test("the next and the previous start are found, however far they are", () => {
  const leap = new CronSchedule("30 2 29 2 *", "UTC");
  expect(text([leap.next(Date.UTC(2026, 0, 1))!])).toEqual(["2028-02-29T02:30"]);
  expect(text([leap.previous(Date.UTC(2026, 0, 1))!])).toEqual(["2024-02-29T02:30"]);
  const daily = new CronSchedule("0 3 * * *", "UTC");
  const at = Date.UTC(2026, 10, 20, 3);
  expect([daily.next(at), daily.previous(at)]).toEqual([at + day, at]);
});

test.each([
  ["61 * * * *", "UTC", "Invalid value for minute: 61"],
  ["0 3 * *", "UTC", "five fields"],
  ["* * * * * *", "UTC", "five fields"],
  ["@reboot", "UTC", "names no time"],
  ["0 0 31 2 *", "UTC", "never comes"],
  ["a * * * *", "UTC", "illegal characters"],
  ["0 3 * * *", "Europe/Nowhere", "no time zone"],
])("%s in %s is refused: %s", (expression, zone, reason) => {
  expect(() => new CronSchedule(expression, zone)).toThrow(ScheduleError);
  expect(() => new CronSchedule(expression, zone)).toThrow(reason);
});
