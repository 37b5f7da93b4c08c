import { expect, test } from "vitest";
import { hourOfWeekIn } from "./hours-of-week.ts";

const at = (instant: string): number => Date.parse(instant) / 1000;

test("hours count from Monday in the zone", () => {
  const utc = hourOfWeekIn("UTC");
  expect(utc(at("2026-11-23T00:00:00Z"))).toBe(0);
  expect(utc(at("2026-11-22T23:59:59Z"))).toBe(167);
  expect(utc(at("1969-12-28T23:30:00Z"))).toBe(167);
  expect(hourOfWeekIn("America/Sao_Paulo")(at("2026-11-23T02:30:00Z"))).toBe(167);
  expect(hourOfWeekIn("Asia/Kathmandu")(at("2026-11-22T18:15:00Z"))).toBe(0);
});

test("a job at three in the morning stays there when the clocks change", () => {
  const berlin = hourOfWeekIn("Europe/Berlin");
  expect(berlin(at("2026-10-24T01:00:00Z"))).toBe(5 * 24 + 3);
  expect(berlin(at("2026-10-25T00:30:00Z"))).toBe(6 * 24 + 2);
  expect(berlin(at("2026-10-25T01:30:00Z"))).toBe(6 * 24 + 2);
  expect(berlin(at("2026-10-25T02:00:00Z"))).toBe(6 * 24 + 3);
  expect(berlin(at("2026-03-29T00:59:59Z"))).toBe(6 * 24 + 1);
  expect(berlin(at("2026-03-29T01:00:00Z"))).toBe(6 * 24 + 3);
});

test("agrees with Intl for every quarter of an hour of a year in zones with odd rules", () => {
  for (const zone of ["Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"]) {
    const hour = hourOfWeekIn(zone);
    const format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      hourCycle: "h23",
    });
    const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    for (let instant = at("2026-01-01T00:00:00Z"); instant < at("2027-01-01T00:00:00Z"); instant += 5 * 900) {
      const parts = format.formatToParts(instant * 1000);
      const part = (type: string) => parts.find((each) => each.type === type)!.value;
      expect(hour(instant)).toBe(weekdays.indexOf(part("weekday")) * 24 + Number(part("hour")));
    }
  }
});

test("there is no such zone", () => {
  expect(() => hourOfWeekIn("Mars/Olympus")).toThrow(RangeError);
});
