import { fc, test } from "@fast-check/vitest";
import { expect, test as plainTest } from "vitest";
import type { Blame } from "./blame.ts";
import { partOfBlame } from "./step-blame.ts";

const minute = 60e6;
const whole = { from: 0, to: 20 * minute };
const part = { from: 5 * minute, to: 10 * minute };
const [reindex, vacuum] = [
  { machineId: 1, processId: 2 },
  { machineId: 1, processId: 3 },
];

type Share = Blame["shares"][number];
const share = (cause: Share["cause"], seconds: number): Share => ({
  cause,
  seconds,
  low: seconds / 2,
  high: seconds * 2,
});

const blameOf = (verdict: Blame["verdict"], shares: Share[], places: Blame["places"]): Blame => ({
  fittedAt: 0,
  verdict,
  shares,
  places,
  basis: "log",
  experiment: null,
  blamedSeconds: () => null,
});

/** Minutes beside the run and beside the step. */
const beside = (inRun: number, inStep: number) => ({ whole: inRun * minute, part: inStep * minute });

const seconds = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const shareOfTime = fc.double({ min: 0, max: 1, noNaN: true });

test.prop([seconds, seconds, seconds, shareOfTime, shareOfTime])(
  "the shares of a step add up to its excess, none is below nothing, and none is outside its bounds",
  (excessSeconds, first, second, ofFirst, ofSecond) => {
    const blame = blameOf(
      "culprit",
      [share("process", first), share("process", second), share("own-work", 5)],
      [[reindex], [vacuum], []],
    );
    const times = new Map([
      ["1/2", beside(10, 10 * ofFirst)],
      ["1/3", beside(4, 4 * ofSecond)],
    ]);
    const { shares } = partOfBlame(blame, { whole, part, excessSeconds, beside: times });
    const total = shares.reduce((sum, one) => sum + one.seconds, 0);
    expect(Math.abs(total - excessSeconds)).toBeLessThanOrEqual(1e-6 * excessSeconds);
    for (const one of shares) {
      expect(one.seconds).toBeGreaterThanOrEqual(0);
      expect(one.low).toBeLessThanOrEqual(one.seconds * (1 + 1e-9));
      expect(one.high).toBeGreaterThanOrEqual(one.seconds * (1 - 1e-9));
      expect(one.cause).not.toBe("own-work");
    }
  },
);

plainTest("who stood beside the run but not beside the step has no part of it", () => {
  const blame = blameOf("culprit", [share("process", 300)], [[reindex]]);
  const found = partOfBlame(blame, {
    whole,
    part,
    excessSeconds: 100,
    beside: new Map([["1/2", beside(10, 0)]]),
  });
  expect(found.shares).toEqual([{ cause: "unexplained", seconds: 100, low: 100, high: 100 }]);
  expect(found.verdict).toBe("unknown");
});

plainTest("a step is never surer of who it was than its run", () => {
  const verdictOf = (ofRun: Blame["verdict"], cause: Share["cause"], inStep: number) =>
    partOfBlame(blameOf(ofRun, [share(cause, 200)], [[reindex, vacuum]]), {
      whole,
      part,
      excessSeconds: 100,
      beside: new Map([["1/2", beside(10, inStep)]]),
    }).verdict;
  expect(verdictOf("culprit", "process", 5)).toBe("culprit");
  expect(verdictOf("culprit", "process", 2)).toBe("unknown");
  expect(verdictOf("unknown", "process", 5)).toBe("unknown");
  expect(verdictOf("not-separable", "group", 5)).toBe("not-separable");
  expect(verdictOf("not-separable", "process", 5)).toBe("unknown");
  expect(verdictOf("own-work", "group", 5)).toBe("unknown");
});
