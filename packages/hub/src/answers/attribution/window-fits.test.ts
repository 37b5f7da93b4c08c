import { microsPerSecond } from "@culprit/protocol";
import { expect, test } from "vitest";
import type { MicrosWindow } from "../../window.ts";
import { WindowFits } from "./window-fits.ts";

const hour = 3600 * microsPerSecond;
const found = {
  culprits: [],
  notSeparable: [],
  notEnough: [],
  slowRuns: 0,
  coverage: null,
  falseAccusationRate: null,
};

/** Fits that go on until they are told; `begun` tells the hours at which their windows begin. */
function slowFits() {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const fits = new WindowFits(async (window: MicrosWindow) => {
    begun.push(window.from / hour);
    await new Promise<void>((resolve) => ends.push(resolve));
    return { window, fittedAt: window.to, found, schedule: { advice: [], done: [], herds: [] } };
  });
  return { begun, fits, endOne: () => ends.shift()?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const from = (at: number): MicrosWindow => ({ from: at * hour, to: (at + 24) * hour });

test("a window is fitted once for all who ask, one at a time, and a fifth one is refused", async () => {
  const { fits, begun, endOne } = slowFits();
  const asked = [1, 2, 3, 4].map((at) => fits.of(from(at)));
  expect(fits.of({ from: hour + 1, to: 25 * hour - 1 })).toBe(asked[0]);
  await expect(fits.of(from(5))).rejects.toMatchObject({ problem: { code: "overloaded" } });
  expect(begun).toEqual([1]);
  endOne();
  expect((await asked[0]!).window).toEqual(from(1));
  await settled();
  expect(begun).toEqual([1, 2]);
  expect(await fits.of(from(1))).toBe(await asked[0]);
});

test("a window that all have left is not fitted and leaves its place; one that somebody waits for is", async () => {
  const { fits, begun, endOne } = slowFits();
  const first = fits.of(from(1));
  const gone = new AbortController();
  const left = [2, 3, 4].map((at) => fits.of(from(at), gone.signal));
  const stays = fits.of(from(3));
  gone.abort();
  await expect(left[0]).rejects.toMatchObject({ problem: { code: "overloaded" } });
  const again = fits.of(from(2));
  for (let turn = 0; turn < 3; turn++) {
    endOne();
    await settled();
  }
  const windows = await Promise.all([first, stays, again].map(async (one) => (await one).window));
  expect(windows).toEqual([from(1), from(3), from(2)]);
  expect(begun).toEqual([1, 3, 2]);
});
