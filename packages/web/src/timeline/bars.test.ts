import { describe, expect, it } from "vitest";
import { barsOf } from "./bars.ts";
import { exampleRun } from "./example-run.ts";

const view = { from: 0, to: 1000 };

describe("bars", () => {
  it("lie where their runs are and leave out what is off the screen", () => {
    const row = [exampleRun(-50, -10), exampleRun(-5, 100), exampleRun(200, 300), exampleRun(1500, 1600)];
    expect(barsOf(row, view, 500, 1000).map(({ x, width }) => [x, width])).toEqual([
      [0, 50],
      [100, 50],
    ]);
  });

  it("a run that goes on ends now", () => {
    const [bar] = barsOf([exampleRun(100, Infinity, { outcome: "running" })], view, 1000, 400);
    expect(bar?.width).toBe(300);
  });

  it("a thousand runs in a pixel are one bar that shows the worst of them", () => {
    const row = Array.from({ length: 1000 }, (_, index) =>
      exampleRun(index / 1000, index / 1000 + 0.0005, index === 500 ? { outcome: "failed" } : {}),
    );
    const bars = barsOf(row, view, 1000, 1000);
    expect(bars).toHaveLength(1);
    expect(bars[0]?.count).toBe(1000);
    expect(bars[0]?.outcome).toBe("failed");
    expect(bars[0]?.width).toBeLessThan(3);
  });

  it("a zoomed-out row has at most about a bar per pixel", () => {
    const row = Array.from({ length: 20_000 }, (_, index) => exampleRun(index * 10, index * 10 + 4));
    expect(barsOf(row, { from: 0, to: 200_000 }, 800, 200_000).length).toBeLessThanOrEqual(800);
  });

  it("the part beyond normal starts where a normal run would have ended", () => {
    const [bar] = barsOf([exampleRun(100, 500, { normalEnd: 200, deviation: "slow" })], view, 1000, 1000);
    expect(bar?.normalX).toBe(200);
  });

  it("in a crowded row a long run that began before many others is still drawn", () => {
    const row = [
      exampleRun(-900, 900),
      ...Array.from({ length: 50 }, (_, index) => exampleRun(-800 + index, -700 + index)),
    ];
    expect(barsOf(row, view, 1000, 1000).map(({ x, width }) => [x, width])).toEqual([[0, 900]]);
  });
});
