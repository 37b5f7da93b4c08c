import { describe, expect, it } from "vitest";
import { fromLocal, tickLabel, timeTicks, zoneLabel, zoneOffset } from "./time-axis.ts";

const hour = 3_600_000;
const utc = (text: string) => Date.parse(`${text}Z`);

describe("the time axis", () => {
  it("ticks at round local hours in a zone that is not a whole hour from UTC", () => {
    const { times, stepMillis } = timeTicks(
      utc("2026-11-23T00:10"),
      utc("2026-11-23T06:10"),
      "Asia/Kolkata",
      6,
    );
    expect(stepMillis).toBe(hour);
    expect(times.map((time) => tickLabel(time, stepMillis, "Asia/Kolkata", "en"))).toEqual([
      "06:00",
      "07:00",
      "08:00",
      "09:00",
      "10:00",
      "11:00",
    ]);
  });

  it("days start at local midnight on both sides of a change of clocks", () => {
    const { times } = timeTicks(utc("2026-10-23T12:00"), utc("2026-10-27T12:00"), "Europe/Berlin", 4);
    expect(times.map((time) => new Date(time).toISOString())).toEqual([
      "2026-10-23T22:00:00.000Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
      "2026-10-26T23:00:00.000Z",
    ]);
  });

  it("ticks ascend and stay within the span, also where an hour happens twice", () => {
    const from = utc("2026-10-24T23:30");
    const to = utc("2026-10-25T02:30");
    const { times } = timeTicks(from, to, "Europe/Berlin", 12);
    expect(times.length).toBeGreaterThan(3);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(times.every((time) => time >= from && time <= to)).toBe(true);
  });

  it("a tick at midnight names the day, one below a second names milliseconds", () => {
    expect(tickLabel(utc("2026-11-23T03:00"), hour, "America/Sao_Paulo", "en")).toBe("Nov 23");
    expect(tickLabel(utc("2026-11-23T03:00:01.250"), 50, "UTC", "en")).toBe("03:00:01.250");
  });

  it("local times map back to instants", () => {
    const time = utc("2026-03-29T10:00");
    expect(zoneOffset(time, "Europe/Berlin")).toBe(2 * hour);
    expect(fromLocal(time + zoneOffset(time, "Europe/Berlin"), "Europe/Berlin")).toBe(time);
  });

  it("the zone is named with its distance from UTC", () => {
    expect(zoneLabel(utc("2026-11-23T00:00"), "America/Sao_Paulo", "en")).toBe("America/Sao_Paulo (GMT-3)");
  });
});
