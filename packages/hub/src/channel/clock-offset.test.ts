import { microsPerSecond } from "@culprit/protocol";
import { expect, test } from "vitest";
import { clockOffsetBy } from "./clock-offset.ts";

const now = 1_795_000_000 * microsPerSecond;

/** Seconds, of an agent whose clock is ahead, and whose ping took so long on the way there, and back. */
function measured(ahead: number, there: number, back: number, known: number | null = null): number | null {
  const offset = clockOffsetBy({
    clock: now + (ahead - back) * microsPerSecond,
    now,
    roundTrip: (there + back) * microsPerSecond,
    known: known === null ? null : known * microsPerSecond,
  });
  return offset === null ? null : offset / microsPerSecond;
}

test("a quick ping tells how far a clock is off, to half of the time that it took", () => {
  expect(measured(90, 0.01, 0.01)).toBeCloseTo(90, 6);
  expect(measured(-0.3, 0, 0.2)).toBeCloseTo(-0.4, 6);
});

test("a way that is slow in one direction is not taken for a clock that is off", () => {
  for (const [there, back] of [
    [0, 8],
    [8, 0],
    [3, 5],
  ] as const) {
    expect(measured(0, there, back)).toBeNull();
    // What a quick one has told before is still as likely.
    expect(measured(90, there, back, 90)).toBeNull();
  }
});

test("what a slow way can't explain is told, and no more of it than must be", () => {
  for (const [there, back] of [
    [0, 8],
    [8, 0],
  ] as const) {
    const ahead = measured(90, there, back)!;
    expect(ahead).toBeGreaterThanOrEqual(82);
    expect(ahead).toBeLessThanOrEqual(90);
    const setRight = measured(0, there, back, 90)!;
    expect(setRight).toBeGreaterThanOrEqual(0);
    expect(setRight).toBeLessThanOrEqual(8);
  }
});
