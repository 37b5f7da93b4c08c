import { describe, expect, test } from "vitest";
import { playMultiplier } from "./multiplier.ts";
import { exposures, multiplierWorld } from "./multiplier-world.ts";
import { nullFamilies, nullWorld } from "./null-world.ts";
import type { Plan, PlannedProcess } from "./plan.ts";
import { withMoved, without } from "./plan.ts";
import { causedSeconds, costsOf } from "./played.ts";
import { plainProcess } from "./test/plain-process.ts";
import { truthOf } from "./world.ts";

const process = (name: string): PlannedProcess => ({ ...plainProcess, name });

/** Runs in order of start: which process, from when, how long alone. */
const planOf = (names: string[], rows: [process: number, start: number, work: number][]): Plan => ({
  seed: 1,
  days: 1,
  machines: 1,
  sharedBy: null,
  processes: names.map(process),
  runs: {
    start: Float64Array.from(rows, ([, start]) => start),
    process: Int32Array.from(rows, ([one]) => one),
    work: Float64Array.from(rows, ([, , work]) => work),
    waiting: new Float64Array(rows.length),
    intensity: new Float64Array(rows.length).fill(1),
    usual: Float64Array.from(rows, ([, , work]) => work),
    key: Int32Array.from(rows.keys()),
  },
});

describe("a culprit that divides its victim's speed", () => {
  test("costs what the victim does not do meanwhile", () => {
    const plan = planOf(
      ["victim", "culprit"],
      [
        [0, 0, 100],
        [1, 50, 60],
      ],
    );
    const played = playMultiplier(plan, [{ culprit: 1, victim: 0, factor: 3 }]);
    // 50 s alone, then 60 s at a third of the speed, then the 30 s that are left.
    expect(played.end[0]).toBeCloseTo(140, 9);
    expect(costsOf(played, 0).get(1)).toBeCloseTo(40, 9);
    expect(played.end[1]).toBe(110);
  });

  test("shares what two cost at once by the logarithms of their factors", () => {
    const plan = planOf(
      ["victim", "culprit", "other"],
      [
        [0, 0, 100],
        [1, 0, 1000],
        [2, 0, 1000],
      ],
    );
    const effects = [
      { culprit: 1, victim: 0, factor: 2 },
      { culprit: 2, victim: 0, factor: 4 },
    ];
    const costs = costsOf(playMultiplier(plan, effects), 0);
    expect(costs.get(1)).toBeCloseTo(700 / 3, 9);
    expect(costs.get(2)).toBeCloseTo(1400 / 3, 9);
  });

  test("hurts nobody twice by running twice, and nobody when it touches no run", () => {
    const plan = planOf(
      ["victim", "culprit"],
      [
        [1, 0, 100],
        [0, 10, 10],
        [1, 20, 100],
        [0, 120, 10],
      ],
    );
    const played = playMultiplier(plan, [{ culprit: 1, victim: 0, factor: 2 }]);
    expect([...played.end]).toEqual([100, 30, 120, 130]);
  });
});

const options = {
  seed: 7,
  processes: 24,
  machines: 2,
  days: 30,
  culprits: 3,
  victims: 3,
  effect: 1.6,
  exposedRuns: 30,
  across: false,
  twins: false,
};

describe("a world with planted culprits", () => {
  const world = multiplierWorld(options);

  test("is the same for the same seed and another for another", () => {
    const ends = (seed: number) => multiplierWorld({ ...options, seed }).observed.end.join(" ");
    expect(ends(7)).toBe(world.observed.end.join(" "));
    expect(ends(8)).not.toBe(world.observed.end.join(" "));
  });

  test("every run lasts its usual work, what it did more, and what others cost it", () => {
    let wrong = 0;
    for (let run = 0; run < world.played.end.length; run++) {
      const { usual, own, costs } = truthOf(world, run);
      const parts = [...costs.values()].reduce((sum, seconds) => sum + seconds, usual + own);
      const { work, start } = world.plan.runs;
      wrong = Math.max(wrong, Math.abs(parts - (world.played.end[run]! - start[run]!)));
      wrong = Math.max(wrong, Math.abs(own - (work[run]! - usual)));
    }
    expect(wrong).toBeLessThan(1e-5);
  });

  test("victims meet their culprit about as often as asked, and only culprits cost anything", () => {
    const caused = causedSeconds(world.played);
    const guilty = new Set(world.planted.map(({ culprit }) => culprit));
    for (const { culprit, victims } of world.planted) {
      expect(victims.length).toBeGreaterThan(0);
      const meetings = exposures(world.plan, culprit);
      for (const victim of victims) {
        expect(meetings[victim]).toBeGreaterThanOrEqual(24);
        expect(meetings[victim]).toBeLessThanOrEqual(60);
      }
    }
    for (const [one, seconds] of caused.entries())
      expect(seconds > 0, `process ${one}`).toBe(guilty.has(one));
  });

  test("without a culprit a run that met it alone is shorter by exactly what it cost", () => {
    const [{ culprit }] = world.planted as [(typeof world.planted)[number]];
    const plan = without(world.plan, culprit);
    const then = world.play(plan);
    const ends = new Map(
      Array.from(then.end, (end, run) => [`${plan.runs.process[run]}/${plan.runs.key[run]}`, end]),
    );
    let compared = 0;
    for (let run = 0; run < world.played.end.length; run++) {
      const costs = costsOf(world.played, run);
      const cost = costs.get(culprit);
      if (cost === undefined || costs.size !== 1) continue;
      const { process, key } = world.plan.runs;
      expect(world.played.end[run]! - ends.get(`${process[run]}/${key[run]}`)!).toBeCloseTo(cost, 5);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });

  test("a moved process takes its runs with it and leaves the others as they were", () => {
    const moved = withMoved(world.plan, (process) => (process === 0 ? 600 : 0));
    expect(moved.runs.start.length).toBe(world.plan.runs.start.length);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    const count = world.plan.runs.process.reduce((total, one) => total + (one === 0 ? 1 : 0), 0);
    expect(sum(moved.runs.start) - sum(world.plan.runs.start)).toBeCloseTo(600 * count, 2);
    expect(moved.runs.start.every((start, i) => i === 0 || start >= moved.runs.start[i - 1]!)).toBe(true);
  });
});

describe("an innocent world", () => {
  for (const family of [...nullFamilies, "own-volume"] as const) {
    test(`${family}: nobody costs anybody anything`, () => {
      const world = nullWorld({ seed: 3, family, processes: 24, machines: 2, days: 30, shared: false });
      expect(causedSeconds(world.played).every((seconds) => seconds === 0)).toBe(true);
      expect(world.planted).toEqual([]);
      expect(world.observed.start.length).toBeGreaterThan(5000);
    });
  }

  test("watchdog: it costs nothing, comes when a run is late, and what makes it late is in no log", () => {
    const family = "watchdog";
    const world = nullWorld({ seed: 3, family, processes: 24, machines: 2, days: 30, shared: false });
    const { plan, played, observed } = world;
    const named = (start: string) =>
      new Set([...plan.processes.keys()].filter((one) => plan.processes[one]!.name.startsWith(start)));
    const caused = causedSeconds(played);
    const unseen = named("unseen-");
    for (const [process, seconds] of caused.entries()) expect(seconds > 0).toBe(unseen.has(process));
    expect([...observed.process].filter((process) => unseen.has(process))).toEqual([]);
    const watchdogs = named("watchdog-");
    const { start, usual, process } = plan.runs;
    const isLate = (run: number, at: number) =>
      start[run]! + 1.3 * usual[run]! <= at && played.end[run]! >= at && !watchdogs.has(process[run]!);
    const starts = [...start.keys()].filter((run) => watchdogs.has(process[run]!));
    expect(starts.length).toBeGreaterThan(20);
    for (const one of starts)
      expect([...start.keys()].some((run) => run < one && isLate(run, start[one]!))).toBe(true);
  });
});
