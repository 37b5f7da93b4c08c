import { fc, test as property } from "@fast-check/vitest";
import { expect } from "vitest";
import type { Evidence } from "../attribution/evidence.ts";
import { advise } from "./advise.ts";
import { doneMoves } from "./done-moves.ts";
import { planFor } from "./plan.ts";
import { day, monday } from "./test/small-fleet.ts";
import { Predictor } from "./what-if.ts";

const groups = 4;
const run = fc.record({
  start: fc.oneof(
    fc.integer({ min: 0, max: 20 * 24 }).map((hours) => monday + hours * 3600),
    fc.constant(monday),
    fc.constant(monday + 400 * day),
  ),
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 7200 }),
    fc.constant(-5),
    fc.constant(Infinity),
    fc.constant(NaN),
    fc.constant(30 * day),
  ),
  group: fc.nat({ max: groups - 1 }),
  timed: fc.boolean(),
});

function evidenceOf(
  runs: readonly { start: number; seconds: number; group: number; timed: boolean }[],
): Evidence {
  const sorted = runs.toSorted((a, b) => a.start - b.start);
  return {
    log: {
      start: Float64Array.from(sorted, ({ start }) => start),
      end: Float64Array.from(sorted, ({ start, seconds }) => start + seconds),
      group: Int32Array.from(sorted, ({ group }) => group),
      timed: Uint8Array.from(sorted, ({ timed }) => (timed ? 1 : 0)),
    },
    groups: { process: Int32Array.of(0, 1, 2, 2), machine: Int32Array.of(0, 0, 0, 1) },
    machines: 2,
    sharedBy: null,
    demands: null,
    work: null,
    samples: [null, null],
  };
}

const costs = [
  [{ suspects: [1], perSecond: { value: 0.9, low: 0.5, high: 1 } }],
  [],
  [{ suspects: [0, 1], perSecond: { value: 0.7, low: 0.6, high: 0.8 } }],
  [],
];

property.prop([fc.array(run, { maxLength: 80 }), fc.integer({ min: -604_800, max: 604_800 })], {
  numRuns: 60,
})("whatever a log holds, every figure is a number and within its bounds", (runs, shiftSeconds) => {
  const plan = planFor({ costs }, evidenceOf(runs));
  const prediction = new Predictor(plan).predict([{ group: 1, shiftSeconds }]);
  for (const { savingSeconds, low, high } of [
    prediction,
    ...prediction.groups,
    ...advise(plan, { zones: ["UTC", "America/Sao_Paulo"] }),
    ...doneMoves(plan, ["UTC", "America/Sao_Paulo"]),
  ]) {
    expect(Number.isFinite(savingSeconds)).toBe(true);
    expect(low).toBeLessThanOrEqual(savingSeconds);
    expect(high).toBeGreaterThanOrEqual(savingSeconds);
  }
});
