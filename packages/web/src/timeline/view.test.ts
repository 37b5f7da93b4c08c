import { describe, expect, it } from "vitest";
import { panned, revealed, toPixel, toTime, windowToLoad, zoomed } from "./view.ts";

const view = { from: 1000, to: 2000 };

describe("the view", () => {
  it("pixels and times are each other's reverse", () => {
    expect(toPixel(view, 500, 1500)).toBe(250);
    expect(toTime(view, 500, toPixel(view, 500, 1234))).toBeCloseTo(1234);
  });

  it("the instant under the pointer stays there while zooming", () => {
    for (const factor of [0.5, 2, 0.1]) {
      const next = zoomed(view, factor, 1250);
      expect(toPixel(next, 400, 1250)).toBeCloseTo(100);
      expect(next.to - next.from).toBeCloseTo(1000 * factor);
    }
  });

  it("zooming stops at ten milliseconds", () => {
    const next = zoomed(view, 1e-9, 1500);
    expect(next.to - next.from).toBeCloseTo(10);
  });

  it("panning keeps the span", () => {
    expect(panned(view, -300)).toEqual({ from: 700, to: 1700 });
  });

  it("a run in view moves nothing; one outside comes in with some room around it", () => {
    expect(revealed(view, 1100, 1900)).toBe(view);
    const later = revealed(view, 2500, 2600);
    expect(later.to).toBe(2700);
    expect(later.to - later.from).toBe(1000);
    const earlier = revealed(view, 100, 200);
    expect(earlier.from).toBe(0);
  });

  it("a run longer than the view shows its start", () => {
    expect(revealed(view, 5000, 50_000).from).toBe(4900);
  });

  it("small moves ask for the same data, and it always covers the view", () => {
    const day = 86_400_000;
    const first = { from: 1_700_000_000_000, to: 1_700_000_000_000 + day };
    const loaded = windowToLoad(first);
    expect(loaded.from).toBeLessThan(first.from);
    expect(loaded.to).toBeGreaterThan(first.to);
    expect(windowToLoad(panned(first, 1000))).toEqual(loaded);
    expect(windowToLoad(panned(first, day))).not.toEqual(loaded);
  });
});
