import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { planFor } from "./plan.ts";
import { clock, everyHour, play, totalSeconds, type Job, type Losses } from "./test/small-fleet.ts";
import { Predictor } from "./what-if.ts";

const days = 30;
const jobs: Job[] = [
  { at: [clock(3)], seconds: 1800, on: (day) => day % 2 === 0 },
  { at: [clock(3, 5)], seconds: 1200 },
  { at: everyHour(10), seconds: 300, jitter: 60 },
  { at: [clock(5)], seconds: 3600 },
];
const losses: Losses = [
  [1, 0, 0.5],
  [2, 0, 0.4],
];

/** As attribution would find them: 20% uncertain. */
const found = (of: Losses) => ({
  costs: jobs.map((_, job) =>
    of
      .filter(([victim]) => victim === job)
      .map(([, suspect, rate]) => ({
        suspects: [suspect],
        perSecond: { value: rate, low: rate * 0.8, high: rate * 1.2 },
      })),
  ),
});

const evidence = play(jobs, losses, days, 1);
const predictor = new Predictor(planFor(found(losses), evidence));
const replayed = (group: number, shiftSeconds: number): number =>
  (totalSeconds(evidence) -
    totalSeconds(play(jobs, losses, days, 1, (job) => (job === group ? shiftSeconds : 0)))) /
  days;

describe("a move", () => {
  test.each([
    ["of the culprit, to a quiet time", 0, -3600],
    ["of a victim away from it", 1, 3600],
    ["of an hourly victim to another minute", 2, 1800],
    ["by which the victim is still touched", 0, -1200],
    ["into a victim's midst", 2, -600],
  ])("%s, gains what the same fleet gains played with it", (_, group, shiftSeconds) => {
    const truth = replayed(group, shiftSeconds);
    const { savingSeconds, low, high } = predictor.predict([{ group, shiftSeconds }]);
    expect(Math.abs(savingSeconds - truth)).toBeLessThan(0.05 * Math.abs(truth) + 1);
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
  });

  test("that puts the culprit beside one it never met may do harm", () => {
    const { low, groups } = predictor.predict([{ group: 0, shiftSeconds: 7200 }]);
    expect(low).toBeLessThan(0);
    expect(groups.find(({ group }) => group === 3)!.low).toBeLessThan(-200);
  });

  test("is said of each process: what it lost, and what it gains", () => {
    const { groups } = predictor.predict([{ group: 0, shiftSeconds: -3600 }]);
    expect(groups[0]).toMatchObject({ group: 1 });
    expect(groups[0]!.lostSeconds).toBeCloseTo(groups[0]!.savingSeconds, 6);
    expect(groups[0]!.lostSeconds).toBeGreaterThan(300);
  });

  test("of a group that is not there is refused", () => {
    expect(() => predictor.predict([{ group: 4, shiftSeconds: 60 }])).toThrow("there is no group 4");
  });
});

describe("moves", () => {
  const move = fc.record({
    group: fc.nat({ max: 3 }),
    shiftSeconds: fc.integer({ min: -86_400, max: 86_400 }),
  });

  property.prop([fc.array(move, { maxLength: 3 })], { numRuns: 30 })(
    "have an interval around them, and their parts add up",
    (moves) => {
      const { savingSeconds, low, high, groups } = predictor.predict(moves);
      expect(low).toBeLessThanOrEqual(savingSeconds);
      expect(high).toBeGreaterThanOrEqual(savingSeconds);
      expect(groups.reduce((sum, one) => sum + one.savingSeconds, 0)).toBeCloseTo(savingSeconds, 6);
    },
  );

  property.prop([fc.nat({ max: 3 }), fc.integer({ min: -5, max: 5 })], { numRuns: 20 })(
    "of all by the same time, or of one by whole windows, gain nothing",
    (group, times) => {
      const shiftSeconds = times * days * 86_400;
      expect(predictor.predict([{ group, shiftSeconds }]).savingSeconds).toBeCloseTo(0, 3);
      const all = jobs.map((_, job) => ({ group: job, shiftSeconds: times * 3600 }));
      expect(Math.abs(predictor.predict(all).savingSeconds)).toBeLessThan(1);
    },
  );

  test("there and back gain nothing", () => {
    const there = predictor.applied([{ group: 0, shiftSeconds: -3600 }]);
    const back = new Predictor(there).predict([{ group: 0, shiftSeconds: 3600 }]);
    expect(back.savingSeconds).toBeCloseTo(
      -predictor.predict([{ group: 0, shiftSeconds: -3600 }]).savingSeconds,
      0,
    );
  });

  test("where nobody is known to cost anything are not said to gain anything", () => {
    const innocent = new Predictor(planFor(found([]), evidence));
    const { savingSeconds, low } = innocent.predict([{ group: 0, shiftSeconds: -3600 }]);
    expect(savingSeconds).toBe(0);
    expect(low).toBeLessThanOrEqual(0);
  });

  test("of a log that is empty, or has one run, gain nothing", () => {
    const empty = {
      start: new Float64Array(),
      end: new Float64Array(),
      group: new Int32Array(),
      timed: new Uint8Array(),
    };
    const plan = planFor(found(losses), { ...evidence, log: empty });
    expect(new Predictor(plan).predict([{ group: 0, shiftSeconds: 60 }]).savingSeconds).toBe(0);
  });
});
