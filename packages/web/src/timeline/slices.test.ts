import { describe, expect, it } from "vitest";
import { takeSlice } from "./slices.ts";

describe("a slice of work", () => {
  /** Each step takes as many milliseconds as it yields. */
  const worker = (...lengths: number[]) => {
    let now = 0;
    const steps = (function* () {
      for (const length of lengths) yield (now += length);
    })();
    return { steps, clock: () => now };
  };

  it("ends with the step that uses its time up, and the next goes on after it", () => {
    const { steps, clock } = worker(3, 4, 2, 50, 1);
    expect(takeSlice(steps, 6, clock)).toBe(false);
    expect(clock()).toBe(7);
    expect(takeSlice(steps, 6, clock)).toBe(false);
    expect(clock()).toBe(59);
    expect(takeSlice(steps, 6, clock)).toBe(true);
    expect(clock()).toBe(60);
  });

  it("takes at least one step, however long", () => {
    const { steps, clock } = worker(100);
    expect(takeSlice(steps, 0, clock)).toBe(false);
    expect(takeSlice(steps, 0, clock)).toBe(true);
  });
});
