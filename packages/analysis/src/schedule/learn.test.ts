import { describe, expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { CronSchedule } from "./cron.ts";
import { learnSchedule } from "./learn.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 10, 20, 12);

type Log = { days?: number; end?: number; jitterSeconds?: number; missed?: number; seed?: number };

/** What a machine's log of cron would hold. */
function logOf(cron: string, zone: string, log: Log = {}): Float64Array {
  const { days = 35, end = now, jitterSeconds = 3, missed = 0, seed = 1 } = log;
  const next = seededRandom(seed);
  const starts = new CronSchedule(cron, zone)
    .starts(end - days * day, end)
    .filter(() => next() >= missed)
    .map((start) => start + next() * jitterSeconds * 1000);
  return Float64Array.from(starts);
}

describe("the schedule of a cron job is found", () => {
  test.each([
    ["* * * * *", 3],
    ["*/5 * * * *", 5],
    ["2-57/5 * * * *", 5],
    ["7 * * * *", 35],
    ["0,30 9-17 * * 1-5", 35],
    ["15 */6 * * *", 35],
    ["0 3 * * *", 35],
    ["0 3 * * *", 8],
    ["30 22 * * 1-5", 35],
    ["0 5 * * 0", 60],
    ["0 4 1 * *", 200],
    ["0 4 1,15 * *", 200],
  ])("%s, from %s days", (cron, days) => {
    const learnt = learnSchedule(logOf(cron, "Europe/Berlin", { days }), "Europe/Berlin", now);
    expect(learnt).toMatchObject({ cron, timeZone: "Europe/Berlin" });
  });

  test("also where some starts were missed, and others were by hand", () => {
    const log = logOf("0 * * * *", "UTC", { missed: 0.04 });
    const byHand = [3.3, 9.7, 21.2].map((days) => now - days * day);
    const learnt = learnSchedule(Float64Array.from([...log, ...byHand]).toSorted(), "UTC", now);
    expect(learnt).toMatchObject({ cron: "0 * * * *" });
    expect(learnt!.confidence).toBeGreaterThan(0.9);
  });

  test("a random delay of ten minutes becomes grace", () => {
    const learnt = learnSchedule(logOf("0 3 * * *", "UTC", { jitterSeconds: 600 }), "UTC", now);
    expect(learnt).toMatchObject({ cron: "0 3 * * *" });
    expect(learnt!.graceSeconds).toBeGreaterThanOrEqual(1000);
    expect(learnSchedule(logOf("0 3 * * *", "UTC"), "UTC", now)!.graceSeconds).toBe(180);
  });

  test.each([
    ["Europe/Berlin", Date.UTC(2026, 9, 25)],
    ["America/New_York", Date.UTC(2026, 2, 8)],
  ])("over a change of the clock in %s", (zone, change) => {
    const end = change + 15 * day;
    const log = logOf("0 6 * * *", zone, { days: 30, end });
    expect(learnSchedule(log, zone, end)).toMatchObject({ cron: "0 6 * * *", timeZone: zone });
    // A machine that says another zone than its cron has.
    const utc = logOf("0 6 * * *", "UTC", { days: 30, end });
    expect(learnSchedule(utc, zone, end)).toMatchObject({ cron: "0 6 * * *", timeZone: "UTC" });
  });

  test("of a job that has stopped, and it says so", () => {
    const stopped = logOf("0 * * * *", "UTC", { end: now - day });
    expect(learnSchedule(stopped, "UTC", now)).toMatchObject({ cron: "0 * * * *", stopped: true });
    expect(learnSchedule(logOf("0 * * * *", "UTC"), "UTC", now)).toMatchObject({ stopped: false });
  });

  test("runs that follow each other evenly have a rhythm instead", () => {
    const next = seededRandom(5);
    const starts: number[] = [];
    for (let at = now - 4 * day; at < now; at += 5_400_000 + next() * 20_000) starts.push(at);
    expect(learnSchedule(Float64Array.from(starts), "UTC", now)).toMatchObject({
      everySeconds: expect.closeTo(5410, -1),
    });
  });
});

describe("no schedule is found", () => {
  test("before it was seen often enough", () => {
    for (const [cron, days] of [
      ["0 3 * * *", 5],
      ["*/5 * * * *", 0.9],
      ["0 5 * * 0", 21],
      ["0 4 1 * *", 50],
    ] as const)
      expect(learnSchedule(logOf(cron, "UTC", { days }), "UTC", now), cron).toBeNull();
  });

  test("in what people and requests start: fewer than one of a hundred such histories looks like one", () => {
    let wrong = 0;
    let all = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const next = seededRandom(seed);
      const starts: number[] = [];
      const perDay = 0.2 * 500 ** next();
      const kind = seed % 4;
      for (let at = now - 35 * day; at < now;) {
        at += (-Math.log(1 - next()) * day) / perDay;
        const hour = (at / 3_600_000) % 24;
        // At any time, in working hours, in bursts of a minute each, on whole minutes.
        if (kind === 1 && (hour < 8 || hour > 18)) continue;
        const burst = kind === 2 ? 1 + Math.floor(next() * 40) : 1;
        for (let one = 0; one < burst && at < now; one++, at += 60_000)
          starts.push(kind === 3 ? at - (at % 60_000) : at);
      }
      all++;
      if (learnSchedule(Float64Array.from(starts), "UTC", now)) wrong++;
    }
    expect(all).toBe(300);
    expect(wrong).toBeLessThanOrEqual(2);
  });
});
