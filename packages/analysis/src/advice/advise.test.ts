import { describe, expect, test } from "vitest";
import { advise } from "./advise.ts";
import { planFor } from "./plan.ts";
import {
  clock,
  day,
  everyHour,
  monday,
  play,
  totalSeconds,
  type Job,
  type Losses,
} from "./test/small-fleet.ts";

const days = 28;
const backup = 0;
const report = 1;
const poll = 2;
const noon = 4;
const dump = 5;
const mail = 6;
const jobs: Job[] = [
  { at: [clock(3)], seconds: 1800 },
  { at: [clock(3, 5)], seconds: 1200 },
  { at: everyHour(10), seconds: 300, jitter: 60 },
  { at: [clock(5)], seconds: 3600 },
  { at: [clock(12)], seconds: 3600 },
  { at: [clock(22)], seconds: 900, machine: 1 },
  { at: [clock(21, 50)], seconds: 1200, machine: 1 },
];
const losses: Losses = [
  [report, backup, 0.5],
  [poll, backup, 0.4],
  [noon, poll, 0.3],
  [mail, dump, 0.5],
];
const evidence = play(jobs, losses, days, 1);
const costs = jobs.map((_, job) =>
  losses
    .filter(([victim]) => victim === job)
    .map(([, suspect, rate]) => ({
      suspects: [suspect],
      perSecond: { value: rate, low: rate * 0.8, high: rate * 1.2 },
    })),
);

const advice = advise(planFor({ costs }, evidence), { zones: ["UTC", "UTC"] });

describe("advice", () => {
  test("gains what the same fleet gains played with it, each piece as if those before were done", () => {
    expect(advice.length).toBeGreaterThanOrEqual(2);
    const shifts = new Map<number, number>();
    let before = totalSeconds(evidence);
    for (const { group, shiftSeconds, savingSeconds, low, high } of advice) {
      shifts.set(group, shiftSeconds);
      const then = totalSeconds(play(jobs, losses, days, 1, (job) => shifts.get(job) ?? 0));
      const truth = (before - then) / days;
      before = then;
      expect(low).toBeGreaterThan(0);
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
      expect(Math.abs(savingSeconds - truth)).toBeLessThan(0.1 * truth);
    }
  });

  test("tells the times of day, in the machine's zone", () => {
    expect(advice[0]).toMatchObject({ startsNow: [3 * 3600] });
    expect(advice[0]!.startsThen).toEqual([3 * 3600 + advice[0]!.shiftSeconds]);
    const [inTokyo] = advise(planFor({ costs }, evidence), { zones: ["Asia/Tokyo"] });
    expect(inTokyo).toMatchObject({ startsNow: [12 * 3600] });
  });

  test("sends no job over midnight", () => {
    const late: Job[] = [
      { at: [clock(23, 30)], seconds: 3600 },
      { at: [clock(23, 20)], seconds: 3600 },
    ];
    const ofLate = { costs: [[], [{ suspects: [0], perSecond: { value: 0.5, low: 0.4, high: 0.6 } }]] };
    const [first] = advise(planFor(ofLate, play(late, [[1, 0, 0.5]], days, 3)), { zones: ["UTC"] });
    expect(first!.shiftSeconds).toBeLessThan(0);
    expect(first!.startsThen).toEqual([first!.startsNow[0]! + first!.shiftSeconds]);
  });

  test("moves nothing that has no schedule, or that nobody may move", () => {
    const movable = Uint8Array.from(jobs, (_, job) => (job === backup ? 0 : 1));
    const others = advise(planFor({ costs }, evidence), { zones: ["UTC", "UTC"], movable });
    expect(others.map(({ group }) => group)).not.toContain(backup);
    expect(others.map(({ group }) => group)).toContain(report);
    const byHand = play(jobs, losses, days, 2, (job, today) =>
      job === poll ? 0 : ((today * 7919) % 23) * 3000,
    );
    expect(advise(planFor({ costs }, byHand), { zones: ["UTC", "UTC"] })).toEqual([]);
  });

  test("moves a job of every few hours at whatever time of its last day it is asked for", () => {
    const times = (minute: number) => Array.from({ length: 8 }, (_, turn) => clock(3 * turn, minute));
    const often: Job[] = [
      { at: times(0), seconds: 1800 },
      { at: times(5), seconds: 1200 },
    ];
    const ofOften = { costs: [[], [{ suspects: [0], perSecond: { value: 0.5, low: 0.4, high: 0.6 } }]] };
    const whole = play(often, [[1, 0, 0.5]], days, 4);
    for (const hour of [1, 10, 13, 16, 19, 22]) {
      const count = whole.log.start.filter((start) => start < monday + (days - 1) * day + clock(hour)).length;
      const log = {
        start: whole.log.start.slice(0, count),
        end: whole.log.end.slice(0, count),
        group: whole.log.group.slice(0, count),
        timed: whole.log.timed.slice(0, count),
      };
      expect(advise(planFor(ofOften, { ...whole, log }), { zones: ["UTC"] }), `${hour} h`).not.toEqual([]);
    }
  });

  test("is none where nobody is known to cost anything, or nothing ran", () => {
    expect(advise(planFor({ costs: jobs.map(() => []) }, evidence), { zones: ["UTC", "UTC"] })).toEqual([]);
    const empty = {
      start: new Float64Array(),
      end: new Float64Array(),
      group: new Int32Array(),
      timed: new Uint8Array(),
    };
    expect(advise(planFor({ costs }, { ...evidence, log: empty }), { zones: [] })).toEqual([]);
  });
});
