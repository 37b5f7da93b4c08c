import { expect, test } from "vitest";
import type { ScoreLevel } from "./score-levels.ts";
import { slowerThen, type NormalRun } from "./slower-then.ts";

const day = 86_400;
/** From day 0 to 20 at 100, from 21 to 24 at `then`. */
const fell = (then: number): ScoreLevel[] => [
  { from: 0, to: 80, at: 0, last: 20 * day, value: 100 },
  { from: 80, to: 92, at: 21 * day, last: 24 * day, value: then },
];
const steady = fell(100).slice(0, 1);
const normal = (cpu: number, days = 20): NormalRun[] =>
  Array.from({ length: days }, (_, at) => ({ start: at * day, seconds: 600, cpuSeconds: cpu * 600 }));

const told = (levels: Record<string, ScoreLevel[]>, { runs = normal(1), at = 22 * day } = {}) =>
  slowerThen(
    Object.entries(levels).map(([benchmark, each]) => ({ benchmark, levels: each })),
    runs,
    { start: at, normalSeconds: 600 },
    (benchmark) =>
      benchmark === "memory" || benchmark === "disk" ? (benchmark === "disk" ? "other" : "memory") : "cpu",
  );

test("at half the speed a run that keeps the CPU takes twice as long", () => {
  const { slower, loss } = told({ integer: fell(50), float: fell(50), memory: fell(50) });
  expect(slower[0]).toEqual({ benchmark: "integer", ratio: 0.5, since: 21 * day });
  expect(loss).toEqual({ seconds: 600, low: 300, high: 900 });
  expect(told({ integer: fell(50) }, { runs: normal(0.1) }).loss!.seconds).toBeCloseTo(60, 6);
});

test("one that is as fast as before speaks against all of the CPU, and as fast a memory for a lower bound", () => {
  const mixed = told({ integer: fell(50), float: [...steady, { ...fell(100)[1]!, value: 99 }] });
  expect([mixed.slower.length, mixed.loss]).toEqual([1, null]);
  expect(told({ integer: fell(50), memory: fell(97) }).loss!.low).toBeLessThan(170);
  expect(told({ disk: fell(20) })).toMatchObject({ slower: [{ benchmark: "disk" }], loss: null });
});

test("nothing is said of times that nobody measured, or when it changed in between", () => {
  const none = { slower: [], loss: null };
  expect(told({ integer: fell(50) }, { at: 20.5 * day })).toEqual(none);
  expect(told({ integer: fell(50) }, { at: 32 * day })).toEqual(none);
  expect(told({ integer: fell(50) }, { runs: normal(1, 4) })).toEqual(none);
  const since = normal(1).map((run) => ({ ...run, start: 21 * day + run.start / 20 }));
  expect(told({ integer: fell(50) }, { runs: since, at: 23 * day })).toEqual(none);
  const unmeasured = normal(NaN);
  expect(told({ integer: fell(50) }, { runs: unmeasured })).toMatchObject({
    slower: [{ ratio: 0.5 }],
    loss: null,
  });
});

test("a machine that became faster cost no time", () => {
  expect(told({ integer: fell(200) })).toEqual({ slower: [], loss: null });
});
