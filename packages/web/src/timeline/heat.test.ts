import { describe, expect, it } from "vitest";
import { busyOf, concurrency } from "./heat.ts";
import { exampleRun } from "./example-run.ts";

const view = { from: 0, to: 100 };

describe("the overlap heat", () => {
  it("counts how many runs go on in each column, with parts of columns", () => {
    const heat = concurrency(busyOf([exampleRun(0, 100), exampleRun(25, 40)]), view, 10, 100);
    expect([...heat].map((value) => Number(value.toFixed(6)))).toEqual([1, 1, 1.5, 2, 1, 1, 1, 1, 1, 1]);
  });

  it("a run within one column counts by its length", () => {
    const heat = concurrency(busyOf([exampleRun(12, 14)]), view, 10, 100);
    expect(heat[1]).toBeCloseTo(0.2);
    expect(heat.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.2);
  });

  it("what reaches over the edges counts inside them, and a run that goes on counts until now", () => {
    const heat = concurrency(busyOf([exampleRun(-50, Infinity)]), view, 10, 30);
    expect([...heat]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("a bar that stands for many runs counts by the time that they took together", () => {
    const group = { runs: 4, failed: 0, busySeconds: 0.1, share: 1 };
    const heat = concurrency(busyOf([exampleRun(0, 50, { group })]), view, 2, 100);
    expect([...heat]).toEqual([2, 0]);
  });

  it("steps do not count beside their run", () => {
    expect([...concurrency(busyOf([exampleRun(0, 100, { step: "dump" })]), view, 2, 100)]).toEqual([0, 0]);
  });
});
