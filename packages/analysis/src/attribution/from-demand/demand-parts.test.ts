import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../../seeded-random.ts";
import { backgroundOf, meterOf, plainMeter } from "./background.ts";
import { contentionOf, gatheredUntil } from "./contention.ts";
import { demandCurve, meanDemand } from "./demand-curve.ts";
import { demandFromLoad } from "./demand-from-load.ts";
import type { MachineSamples } from "../evidence.ts";
import { loadRows } from "./load-rows.ts";
import { crowdingOf, lostShare, lostSpeed, stretchOf } from "./lost-speed.ts";
import { soundRuns } from "../sound-runs.ts";
import { inverseOf, solve } from "./symmetric.ts";
import { gatheredTotals, metPairs } from "./warped-totals.ts";

const floats = (...values: number[]) => Float64Array.from(values);

const samplesOf = (load: number[], step = 10, steal = 0): MachineSamples => ({
  at: Float64Array.from(load, (_, i) => (i + 1) * step),
  load: { cpu: Float32Array.from(load), io: new Float32Array(load.length) },
  steal: new Float32Array(load.length).fill(steal),
});

test("a resource that is asked for twice its capacity takes half the speed, and no more from who needs it half the time", () => {
  expect([lostSpeed(0.9), lostSpeed(2), stretchOf(2)]).toEqual([0, 0.5, 1]);
  const crowding = crowdingOf(0.25 * lostSpeed(2), 0.25 * stretchOf(2));
  expect(crowding).toEqual({ share: 0.25, stretch: 1 });
  expect(lostShare(crowding, 1)).toBeCloseTo(0.125);
  expect(lostShare(crowding, 0.5)).toBeCloseTo(0.25 / 3);
  expect(lostShare(crowdingOf(0, 0), 1)).toBe(0);
});

test("how far single samples of a crowded machine scatter is told apart from what was asked of it, which lasts", () => {
  const random = seededRandom(3);
  const asked = Array.from({ length: 40 }, () => 1.3 + 0.4 * random());
  const runs = demandCurve({
    start: Float64Array.from(asked, (_, k) => k * 600),
    end: Float64Array.from(asked, (_, k) => k * 600 + 500),
    demand: Float64Array.from(asked, () => 1.5),
  });
  const load = asked.flatMap((level) =>
    Array.from({ length: 60 }, (_, i) => (i < 50 ? level : 0.05) * (1 + 0.08 * gaussian(random))),
  );
  const { scatter } = meterOf(samplesOf(load), "cpu", runs);
  expect(scatter).toBeGreaterThan(0.06);
  expect(scatter).toBeLessThan(0.1);
});

describe("what runs ask for", () => {
  // 0.5 from 0 to 20, 0.3 from 10 to 40, and one of no length.
  const curve = demandCurve({
    start: floats(0, 10, 15),
    end: floats(20, 40, 15),
    demand: floats(0.5, 0.3, 9),
  });

  test("is the mean over each interval", () => {
    const mean = meanDemand(curve, floats(10, 20, 30, 50), floats(10, 10, 10, 20));
    expect(mean.map((value) => Math.round(value * 1e9) / 1e9)).toEqual(floats(0.5, 0.8, 0.3, 0.15));
  });

  test("leaves the rest of the load to nobody, and nothing where less was measured than asked", () => {
    const background = backgroundOf(samplesOf([0.9, 1.2, 0.7, 0.7, 0.1]), "cpu", curve);
    expect(background.at[0]).toBe(0);
    expect(background.unlogged[0]! + 0.5 * background.asked![0]!).toBeCloseTo(0.9);
    expect(background.unlogged[0]).toBeGreaterThan(0.3);
    expect(background.unlogged.at(-1)).toBe(0);
  });

  test("is a little more one day than the next, as far as that explains the load", () => {
    const samples = samplesOf([0.62, 0.97, 0.4, 0.4, 0.1]);
    const { asked, unlogged } = backgroundOf(samples, "cpu", curve, { ...plainMeter, usualRest: 0.1 });
    expect(asked![0]).toBeCloseTo(0.52 / 0.5);
    expect(unlogged[0]).toBeCloseTo(0.1);
  });

  test("makes contention where with the rest it is more than there is, less what the host takes", () => {
    const none = { at: floats(), unlogged: floats(), stolen: floats() };
    expect(contentionOf(curve, none).from).toEqual(floats());
    const crowded = contentionOf(curve, { at: floats(5), unlogged: floats(0.4), stolen: floats(0) });
    expect([crowded.from[0], crowded.to.at(-1)]).toEqual([10, 20]);
    const at = { lost: 0, stretch: 0, warp: 0 };
    expect(gatheredUntil(crowded, 100, at).lost).toBeCloseTo(10 * lostSpeed(1.2));
    expect(at.warp).toBeCloseTo((10 * lostSpeed(1.2)) / 1.2);
    const stolen = contentionOf(curve, { at: floats(0), unlogged: floats(0), stolen: floats(0.4) });
    expect([stolen.from[0], stolen.to.at(-1)]).toEqual([10, 20]);
  });
});

test("a machine's load tells what each asks for, better than a meter that is off, and of one that nobody measured", () => {
  const runs: [number, number, number][] = [];
  for (let k = 0; k < 60; k++) {
    runs.push([k * 1800, k * 1800 + 600, 0], [k * 2700 + 300, k * 2700 + 1100, 1]);
    if (k % 3 === 0) runs.push([k * 1800 + 200, k * 1800 + 900, 2]);
  }
  runs.sort((a, b) => a[0] - b[0]);
  const log = {
    start: Float64Array.from(runs, ([start]) => start),
    end: Float64Array.from(runs, ([, end]) => end),
    group: Int32Array.from(runs, ([, , group]) => group),
    timed: new Uint8Array(runs.length).fill(1),
  };
  const sound = soundRuns(log, 3);
  const truth = [0.5, 0.3, 0.25];
  const load = Array.from({ length: 10_000 }, (_, k) => {
    let sum = 0.1 + 0.02 * Math.sin(k);
    for (const [start, end, group] of runs)
      sum += (truth[group]! * Math.max(0, Math.min(end, (k + 1) * 10) - Math.max(start, k * 10))) / 10;
    return sum;
  });
  const rows = loadRows(samplesOf(load), sound, Int32Array.of(0, 1, 2));
  const prior = { demand: floats(0.6, 0.24, 0), error: floats(0.08, 0.05, 0.3) };
  const { demand, error } = demandFromLoad(rows, rows.load.cpu, prior);
  for (const [k, value] of demand.entries()) {
    expect(value).toBeGreaterThan(truth[k]! - 0.01);
    expect(value).toBeLessThan(truth[k]! + 0.01);
    expect(error[k]).toBeLessThan(0.01);
  }
  const idle = rows.load.cpu.map((value) => value / 4);
  expect(demandFromLoad(rows, idle, prior)).toBe(prior);
});

describe("totals in warped time", () => {
  const run = fc.tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
  );
  property.prop([fc.array(run, { maxLength: 40 })])("are the same both ways", (rows) => {
    const sorted = rows.toSorted((a, b) => a[0] - b[0]);
    const runs = {
      start: Float64Array.from(sorted, ([start]) => start),
      end: Float64Array.from(sorted, ([start, length]) => start + length + 1),
      group: Int32Array.from(sorted, ([, , group]) => group),
      weight: Float64Array.from(sorted, ([, , , weight]) => weight),
      demand: Float64Array.from(sorted, ([, , , , demand]) => demand),
    };
    expect(gatheredTotals(runs, 4)).toEqual(metPairs(runs, 4, Infinity));
    expect(metPairs(runs, 4, -1) === null || sorted.length === 0).toBe(true);
  });
});

test("small systems: a solution, an inverse, and none where there is none", () => {
  expect(solve(floats(0, 2, 1, 1), floats(4, 5))).toEqual(floats(3, 2));
  expect(solve(floats(1, 1, 1, 1), floats(1, 2))).toBeNull();
  const inverse = inverseOf(floats(4, 2, 2, 3), 2)!;
  expect(inverse.map((value) => Math.round(value * 1e9) / 1e9)).toEqual(floats(0.375, -0.25, -0.25, 0.5));
  expect(inverseOf(floats(1, 2, 2, 1), 2)).toBeNull();
});
