import { describe, expect, test } from "vitest";
import { findChanges } from "./changes.ts";

const day = 86_400;
const monday = Date.UTC(2026, 0, 5) / 1000;

/** Always the same noise of about 7%, from -0.12 to 0.12. */
const noise = (i: number): number => 0.12 * Math.sin(i * 12.9898 + Math.sin(i * 78.233) * 43_758.5453);

function nightly(count: number, log: (night: number) => number) {
  return {
    at: Float64Array.from({ length: count }, (_, night) => monday + night * day + 3 * 3600),
    logs: Float64Array.from({ length: count }, (_, night) => Math.log(300) + noise(night) + log(night)),
  };
}

describe("a change for good", () => {
  test("is found where it happened, with its size, once five runs show it", () => {
    const [change, ...others] = findChanges(nightly(35, (night) => (night >= 30 ? Math.log(1.4) : 0)));
    expect(others).toEqual([]);
    expect(change).toMatchObject({ run: 30 });
    expect(change!.ratio).toBeGreaterThan(1.25);
    expect(change!.ratio).toBeLessThan(1.55);
    expect(change!.low).toBeLessThan(1.4);
    expect(change!.high).toBeGreaterThan(1.4);
    expect(findChanges(nightly(32, (night) => (night >= 30 ? Math.log(1.4) : 0)))).toEqual([]);
  });

  test("each of two is found, up and down", () => {
    const changes = findChanges(
      nightly(90, (night) => (night >= 60 ? Math.log(0.7) : night >= 30 ? Math.log(1.6) : 0)),
    );
    expect(changes.map(({ run }) => run)).toEqual([30, 60]);
    expect(changes[0]!.ratio).toBeGreaterThan(1.4);
    expect(changes[1]!.ratio).toBeLessThan(0.6);
  });

  test("is found to the run among thousands", () => {
    const at = Float64Array.from({ length: 30 * 288 }, (_, i) => monday + i * 300);
    const logs = Float64Array.from(at, (_, i) => noise(i) + (i >= 5003 ? Math.log(1.5) : 0));
    expect(findChanges({ at, logs }).map(({ run }) => run)).toEqual([5003]);
  });

  test("is found behind a full backup on Sundays", () => {
    const series = nightly(40, (night) => (night % 7 === 6 ? Math.log(4) : 0) + (night >= 30 ? 0.4 : 0));
    expect(findChanges(series).map(({ run }) => run)).toEqual([30]);
  });
});

describe("no change is", () => {
  test.each<[string, (night: number) => number]>([
    ["noise", () => 0],
    ["a pattern of the week", (night) => (night % 7 > 4 ? Math.log(0.6) : 0)],
    ["slow growth", (night) => night * 0.004],
    ["three slow nights", (night) => (night >= 30 && night < 33 ? Math.log(3) : 0)],
    ["one run in five that takes thrice as long", (night) => (night % 5 === 2 ? Math.log(3) : 0)],
  ])("%s", (_, log) => {
    expect(findChanges(nightly(60, log))).toEqual([]);
  });

  test("what began in the first week, which nothing before can tell from a pattern", () => {
    expect(findChanges(nightly(30, (night) => (night >= 5 ? Math.log(2) : 0)))).toEqual([]);
  });

  test("a weekend in the second week, until it has lasted a week", () => {
    const slower = (count: number) => nightly(count, (night) => (night >= 8 ? Math.log(2) : 0));
    expect(findChanges(slower(14))).toEqual([]);
    expect(findChanges(slower(18)).map(({ run }) => run)).toEqual([8]);
  });

  test("seen in series that are empty, short or always the same", () => {
    expect(findChanges(nightly(0, () => 0))).toEqual([]);
    expect(findChanges(nightly(9, (night) => night))).toEqual([]);
    const at = Float64Array.from({ length: 50 }, (_, i) => monday + i * day);
    expect(findChanges({ at, logs: new Float64Array(50) })).toEqual([]);
    expect(findChanges({ at: new Float64Array(50).fill(monday), logs: at })).toEqual([]);
  });
});
