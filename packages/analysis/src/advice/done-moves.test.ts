import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../seeded-random.ts";
import { doneMoves } from "./done-moves.ts";
import { findMovedStarts } from "./moved-starts.ts";
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

const days = 30;
const movedOn = 16;
const jobs: Job[] = [
  { at: [clock(3)], seconds: 1800 },
  { at: [clock(3, 5)], seconds: 1200 },
  { at: everyHour(10), seconds: 300, jitter: 60 },
  { at: [clock(5)], seconds: 3600 },
];
const losses: Losses = [
  [1, 0, 0.5],
  [2, 0, 0.4],
];
const nothingKnown = { costs: jobs.map(() => []) };
const movedBy = (seconds: number) => (job: number, today: number) =>
  job === 0 && today >= movedOn ? seconds : 0;

describe("a move that was made", () => {
  test("is found with its day, its shift and what it gained", () => {
    const evidence = play(jobs, losses, days, 1, movedBy(-5400));
    const unmoved = play(jobs, losses, days, 1);
    const allMoved = play(jobs, losses, days, 1, (job) => (job === 0 ? -5400 : 0));
    const truth = (totalSeconds(unmoved) - totalSeconds(allMoved)) / days;
    const [move, ...others] = doneMoves(planFor(nothingKnown, evidence), ["UTC"]);
    expect(others).toEqual([]);
    expect(move).toMatchObject({ group: 0, shiftSeconds: -5400 });
    expect(move!.movedAt).toBe(monday + movedOn * day + clock(1, 30));
    expect(Math.abs(move!.savingSeconds - truth)).toBeLessThan(0.2 * truth);
    expect(move!.low).toBeGreaterThan(0);
    expect(move!.low).toBeLessThan(truth);
    expect(move!.high).toBeGreaterThan(truth);
    expect(move!.groups.slice(0, 2).map(({ group }) => group)).toEqual([1, 2]);
  });

  test("is given an interval that holds what it gained, however noisy", () => {
    const shifts = [1200, -5400, 3600, 7200];
    const noisy = jobs.map((job) => ({ ...job, noise: 0.2 }));
    const gained = shifts.map((shift) => {
      const unmoved = totalSeconds(play(noisy, losses, days, 100));
      return (
        (unmoved - totalSeconds(play(noisy, losses, days, 100, (job) => (job === 0 ? shift : 0)))) / days
      );
    });
    let covered = 0;
    for (let world = 0; world < 20; world++) {
      const evidence = play(noisy, losses, days, world, movedBy(shifts[world % 4]!));
      const [move] = doneMoves(planFor(nothingKnown, evidence), ["UTC"]);
      expect(move!.shiftSeconds).toBe(shifts[world % 4]);
      if (move!.low <= gained[world % 4]! && gained[world % 4]! <= move!.high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(18);
  });

  test("is measured until the newest run, whatever its hour of the day", () => {
    const until = (end: number) => {
      const evidence = play(jobs, losses, days, 1, movedBy(-5400));
      const count = evidence.log.start.findIndex((start) => start > end);
      const { start, end: ends, group, timed } = evidence.log;
      const log = {
        start: start.slice(0, count),
        end: ends.slice(0, count),
        group: group.slice(0, count),
        timed: timed.slice(0, count),
      };
      return doneMoves(planFor(nothingKnown, { ...evidence, log }), ["UTC"])[0]!;
    };
    const atMidnight = until(monday + 24 * day);
    const inTheMorning = until(monday + 24 * day + clock(10));
    // One night more: the moved one, the one that it met before, and one of the hourly ones.
    expect(inTheMorning.runsAfter - atMidnight.runsAfter).toBeGreaterThanOrEqual(3);
    expect(inTheMorning.runsBefore).toBe(atMidnight.runsBefore);
  });

  test("is told of the last times, where there were several", () => {
    const twice = (job: number, today: number): number =>
      job !== 0 || today < 8 ? 0 : today < 18 ? -7200 : 5400;
    const [move] = doneMoves(planFor(nothingKnown, play(jobs, losses, days, 3, twice)), ["UTC"]);
    expect(move).toMatchObject({ shiftSeconds: 12_600, movedAt: monday + 18 * day + clock(4, 30) });
  });

  test("of a job of every four hours is the smallest of its turns, though some of its runs are left out", () => {
    const lot = seededRandom(5);
    const at = [1, 5, 9, 13, 17, 21].map((hour) => clock(hour));
    const starts = Array.from({ length: days }, (_, today) =>
      at
        .filter(() => lot() < 0.8)
        .map((start) => monday + today * day + start + (today >= movedOn ? 5400 : 0) + 30 * lot()),
    ).flat();
    expect(findMovedStarts(Float64Array.from(starts), "UTC")).toMatchObject({ shiftSeconds: 5400 });
  });

  test("of an hourly job is its minute", () => {
    const later = (job: number, today: number): number => (job === 2 && today >= 10 ? 1500 : 0);
    const [move] = doneMoves(planFor(nothingKnown, play(jobs, losses, days, 4, later)), ["UTC"]);
    expect(move).toMatchObject({ group: 2, shiftSeconds: 1500 });
  });
});

describe("no move is", () => {
  const movesOf = (job: Job, zone = "UTC", shift?: (job: number, today: number) => number) =>
    doneMoves(planFor({ costs: [[]] }, play([job], [], days, 5, shift)), [zone]);
  const random = seededRandom(6);

  test.each<[string, Job, ((job: number, today: number) => number)?]>([
    ["a start that is late within half an hour", { at: [clock(3)], seconds: 60, jitter: 1800 }],
    ["a job by hand, at any time", { at: [0], seconds: 60 }, () => random() * day],
    ["another time at weekends", { at: [clock(3)], seconds: 60 }, (_, today) => (today % 7 > 4 ? 7200 : 0)],
    [
      "some nights at another time",
      { at: [clock(3)], seconds: 60 },
      (_, today) => (today > 9 && today < 15 ? 7200 : 0),
    ],
    [
      "the last night at another time",
      { at: [clock(3)], seconds: 60 },
      (_, today) => (today === 29 ? 7200 : 0),
    ],
    ["a job that is new in the middle", { at: [clock(3)], seconds: 60, on: (today) => today > 14 }],
    [
      "one that runs more often now",
      { at: everyHour(), seconds: 60, on: () => true },
      (_, today) => (today < 9 ? -gaussian(random) * 3600 : 0),
    ],
  ])("%s", (_, job, shift) => {
    expect(movesOf(job, "UTC", shift)).toEqual([]);
  });

  test("a change of the clocks, of a job by local time or by UTC", () => {
    // From 2026-01-05 to 2026-04-10, summer time in Berlin from 29 March on.
    const long = (shift?: (job: number, today: number) => number) =>
      doneMoves(planFor({ costs: [[]] }, play([{ at: [clock(3)], seconds: 60 }], [], 95, 7, shift)), [
        "Europe/Berlin",
      ]);
    expect(long()).toEqual([]);
    expect(long((_, today) => (today >= 83 ? -3600 : 0))).toEqual([]);
    expect(long((_, today) => (today >= 83 ? -7200 : 0))).toHaveLength(1);
  });
});
