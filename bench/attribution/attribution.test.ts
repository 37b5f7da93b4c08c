/** The answer on a few worlds of each kind, with floors that leave room for chance: a method that broke falls below. */
import { beforeAll, describe, expect, test } from "vitest";
import type { RunResult, WorldResult } from "./judge.ts";
import { judgeAll, type Task } from "./pool.ts";
import { proportion } from "./proportion.ts";
import type { Case } from "./worlds.ts";

const worlds: Record<string, number[]> = {
  planted: [2, 3, 6, 7, 11],
  "planted, short": [1, 3],
  twins: [0],
  "crowded, log alone": [0, 2],
  "crowded, demand error 10%": [0, 1, 2],
  "innocent: independent": [0, 1],
  "innocent: night-volume": [0, 1],
  "innocent: drift": [0, 2],
  "innocent: own-slow": [0, 1],
  "innocent: sundays": [0],
  "innocent: scheduled-on-load": [0],
  "innocent: short": [0, 1, 2],
  "innocent: own-volume": [0],
  "innocent: watchdog": [0],
  "innocent: idle, sampled": [0, 1],
};

let results: WorldResult[];

beforeAll(async () => {
  const cases = Object.entries(worlds).flatMap(([family, indices]) =>
    indices.map((index): Case => ({ family, index, tuning: true })),
  );
  results = [];
  await judgeAll(
    cases.map((one): Task => ({ one, options: { baselines: false, moves: false } })),
    2,
    async (result) => void results.push(result),
  );
});

const of = (...parts: string[]) =>
  results.filter(({ family }) => parts.some((part) => family.includes(part)));
const runs = (part: string): RunResult[] => of(part).flatMap(({ slow }) => slow);
const shareOf = <T>(items: readonly T[], happened: (item: T) => boolean): number => {
  const { count, of } = proportion(items, happened);
  expect(of, "there is something to judge").toBeGreaterThan(0);
  return count / of;
};

describe("from the log alone", () => {
  test("a process that is named is the one", () => {
    const named = [...runs("planted"), ...runs("crowded, log")].filter((run) => run.named !== null);
    expect(named.length).toBeGreaterThan(30);
    expect(shareOf(named, (run) => run.named === true)).toBeGreaterThan(0.85);
  });

  test("culprits that divide others' speed are found", () => {
    const planted = of("planted").flatMap((world) => world.planted);
    expect(shareOf(planted, ({ found }) => found)).toBeGreaterThan(0.5);
  });

  test("of two that always run together neither is named", () => {
    expect(shareOf(runs("twins"), (run) => run.named !== null)).toBeLessThan(0.05);
  });
});

test("with samples the true cause is blamed most", () => {
  const placed = runs("crowded, demand").flatMap(({ placing }) => placing ?? []);
  expect(placed.length).toBeGreaterThan(30);
  expect(shareOf(placed, ({ rank }) => rank <= 1)).toBeGreaterThan(0.75);
  expect(shareOf(placed, ({ rank }) => rank <= 3)).toBeGreaterThan(0.9);
});

test("where nobody is guilty, hardly anybody is ever accused", () => {
  const innocent = of("innocent");
  expect(innocent).toHaveLength(17);
  const accused = innocent.filter(({ accused }) => accused > 0);
  expect(accused.length, accused.map(({ family, index }) => `${family} ${index}`).join(", ")).toBeLessThan(2);
});

test("a run that is slow by itself is not blamed on another", () => {
  const own = results.flatMap(({ slow }) => slow).filter((run) => run.own);
  expect(own.length).toBeGreaterThan(300);
  expect(shareOf(own, (run) => run.blamesOthers)).toBeLessThan(0.05);
});
