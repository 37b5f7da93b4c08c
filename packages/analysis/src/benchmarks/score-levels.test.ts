import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { gaussian, seededRandom, type Random } from "../seeded-random.ts";
import { scoreLevels, type Scores } from "./score-levels.ts";
import { slowdownAt, usualScore } from "./slowdown.ts";

const sixHours = 6 * 3600;

type Noise = (random: Random) => number;
const steady: Noise = (random) => 0.03 * gaussian(random);
/** One in thirty is disturbed, by up to a half. */
const disturbed: Noise = (random) => steady(random) - (random() < 1 / 30 ? 0.2 + 0.5 * random() : 0);

/** Runs every six hours, with the speed that `speed` gives each. */
function series(runs: number, seed: number, noise = steady, speed = (_run: number) => 1): Scores {
  const random = seededRandom(seed);
  return {
    at: Float64Array.from({ length: runs }, (_, run) => run * sixHours),
    value: Float64Array.from({ length: runs }, (_, run) => 5e7 * speed(run) * Math.exp(noise(random))),
  };
}

const upTo = ({ at, value }: Scores, runs: number): Scores => ({
  at: at.subarray(0, runs),
  value: value.subarray(0, runs),
});

const slowdownOf = (scores: Scores) => slowdownAt(scoreLevels(scores), scores.at.at(-1) ?? 0);

/** How many of the runs find a machine slower that was not before. */
function alarms(scores: Scores): number {
  let count = 0;
  let slow = false;
  for (let runs = 5; runs <= scores.at.length; runs++) {
    const found = slowdownOf(upTo(scores, runs)) !== null;
    if (found && !slow) count++;
    slow = found;
  }
  return count;
}

describe("a machine that becomes slower", () => {
  test.each([5, 28, 120])("after %i runs is found by its third slower run", (runs) => {
    for (let seed = 1; seed <= 10; seed++) {
      const scores = series(runs + 3, seed, steady, (run) => (run < runs ? 1 : 0.5));
      expect(slowdownOf(upTo(scores, runs + 2))).toBeNull();
      expect(slowdownOf(scores)).toMatchObject({ since: runs * sixHours });
      expect(slowdownOf(scores)!.ratio).toBeCloseTo(0.5, 1);
    }
  });

  test("by a fifth after a week is found by its third slower run, or some runs later", () => {
    const found = Array.from({ length: 20 }, (_, seed) => {
      const scores = series(28 + 12, seed, steady, (run) => (run < 28 ? 1 : 0.8));
      return [3, 6, 12].map((after) => slowdownOf(upTo(scores, 28 + after)) !== null);
    });
    expect(found.filter(([third]) => third).length).toBeGreaterThanOrEqual(16);
    expect(found.filter(([, sixth]) => sixth).length).toBeGreaterThanOrEqual(18);
    expect(found.filter(([, , twelfth]) => twelfth).length).toBeGreaterThanOrEqual(19);
  });

  test("and recovers is as fast as usual again by the third run", () => {
    const scores = series(5 + 3 + 3, 1, steady, (run) => (run >= 5 && run < 8 ? 0.2 : 1));
    expect(slowdownOf(upTo(scores, 8))).not.toBeNull();
    // One good run is no recovery.
    expect(slowdownOf(upTo(scores, 9))).not.toBeNull();
    expect(slowdownOf(scores)).toBeNull();
    expect(scoreLevels(scores).map(({ from }) => from)).toEqual([0, 5, 8]);
    // It was slow then, and that stays known.
    expect(slowdownAt(scoreLevels(scores), 9 * sixHours - 3 * sixHours)).toMatchObject({
      since: 5 * sixHours,
    });
  });

  test("and slower again is slower since the first time", () => {
    const scores = series(60, 3, steady, (run) => (run < 30 ? 1 : run < 45 ? 0.7 : 0.4));
    expect(slowdownOf(scores)).toMatchObject({ since: 30 * sixHours });
    expect(slowdownOf(scores)!.ratio).toBeCloseTo(0.4, 1);
  });

  test("for 90 days is what it is", () => {
    const scores = series(20 + 4 * 100, 1, steady, (run) => (run < 20 ? 1 : 0.6));
    const levels = scoreLevels(scores);
    const change = 20 * sixHours;
    expect(slowdownAt(levels, change + 80 * 86_400)).not.toBeNull();
    expect(slowdownAt(levels, change + 91 * 86_400)).toBeNull();
    expect(usualScore(levels, change + 91 * 86_400) / 5e7).toBeCloseTo(0.6, 1);
  });
});

describe("a machine that stays as it is", () => {
  test("raises no alarm in 20 machines' 30 days of four runs a day", () => {
    const machines = Array.from({ length: 20 }, (_, seed) => alarms(series(120, 100 + seed)));
    expect(machines.reduce((sum, count) => sum + count, 0)).toBe(0);
  });

  test("raises none by runs that are disturbed one at a time", () => {
    const machines = Array.from({ length: 20 }, (_, seed) => alarms(series(120, 200 + seed, disturbed)));
    expect(machines.reduce((sum, count) => sum + count, 0)).toBe(0);
  });

  test("and is slower at certain hours is as fast as usual", () => {
    const machines = Array.from({ length: 10 }, (_, seed) =>
      alarms(series(120, 300 + seed, steady, (run) => (run % 4 < 2 ? 1 : 0.85))),
    );
    expect(machines.reduce((sum, count) => sum + count, 0)).toBe(0);
  });
});

test("no score is no level, and one is one", () => {
  expect(scoreLevels(series(0, 1))).toEqual([]);
  expect(slowdownOf(series(0, 1))).toBeNull();
  expect(scoreLevels(series(1, 1))).toMatchObject([{ from: 0, to: 1 }]);
  expect(usualScore(scoreLevels(series(1, 1)), -1)).toBeNaN();
});

test("what is not above 0 is no score", () => {
  const scores = series(6, 1);
  scores.value[3] = 0;
  expect(() => scoreLevels(scores)).toThrow(RangeError);
});

property.prop([fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { maxLength: 80 })])(
  "levels follow each other from the first score to the last, each within its scores",
  (values) => {
    const scores = {
      at: Float64Array.from(values, (_, run) => run * sixHours),
      value: Float64Array.from(values),
    };
    const levels = scoreLevels(scores);
    expect(levels.map(({ to }) => to)).toEqual([
      ...levels.slice(1).map(({ from }) => from),
      ...(values.length > 0 ? [values.length] : []),
    ]);
    for (const { from, to, value } of levels) {
      expect(to - from).toBeGreaterThanOrEqual(levels.length === 1 ? 1 : 3);
      expect(value).toBeGreaterThanOrEqual(Math.min(...values.slice(from, to)));
      expect(value).toBeLessThanOrEqual(Math.max(...values.slice(from, to)));
    }
  },
);

property.prop([fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 1e-6, max: 1e6, noNaN: true })])(
  "the unit of a score changes nothing",
  (seed, unit) => {
    const scores = series(40, seed, disturbed, (run) => (run < 25 ? 1 : 0.6));
    const other = { at: scores.at, value: scores.value.map((value) => value * unit) };
    expect(scoreLevels(other).map(({ from }) => from)).toEqual(scoreLevels(scores).map(({ from }) => from));
  },
);
