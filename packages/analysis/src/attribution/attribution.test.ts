import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { explainRun, fitAttribution } from "./attribution.ts";
import type { Evidence } from "./evidence.ts";
import { plantWorld, type Plan } from "./test/planted-world.ts";

const plan: Plan = {
  seed: 3,
  days: 30,
  machines: 2,
  processes: 8,
  effect: 1.8,
  culprits: 2,
  victims: 3,
  culpritRuns: 60,
};

const none: Evidence = {
  log: {
    start: new Float64Array(),
    end: new Float64Array(),
    group: new Int32Array(),
    timed: new Uint8Array(),
  },
  groups: { process: Int32Array.of(0, 1), machine: Int32Array.of(0, 0) },
  machines: 1,
  sharedBy: null,
  demands: null,
  work: null,
  samples: [null],
};

function withLog(rows: readonly (readonly [number, number, number, number])[], groups = 3): Evidence {
  const sorted = rows.toSorted((a, b) => a[0] - b[0]);
  return {
    ...none,
    log: {
      start: Float64Array.from(sorted, ([start]) => start),
      end: Float64Array.from(sorted, ([, end]) => end),
      group: Int32Array.from(sorted, ([, , group]) => group),
      timed: Uint8Array.from(sorted, ([, , , timed]) => timed),
    },
    groups: { process: Int32Array.from(Array(groups).keys()), machine: new Int32Array(groups) },
  };
}

describe("fitAttribution", () => {
  const world = plantWorld(plan);
  const model = fitAttribution(world.evidence);

  test("finds the culprits, their victims, and about what each second beside them costs", () => {
    expect(model.findings.culprits.map(({ process }) => process).toSorted((a, b) => a - b)).toEqual(
      world.planted.map(({ culprit }) => culprit).toSorted((a, b) => a - b),
    );
    for (const { process, victims } of model.findings.culprits) {
      const { victims: true_ } = world.planted.find(({ culprit }) => culprit === process)!;
      const [first] = victims;
      expect(true_).toContain(first!.group);
      expect(first!.slowdownPerSecond).toBeGreaterThan(0.3);
      expect(first!.slowdownPerSecond).toBeLessThan(0.6);
      expect(first!.low).toBeLessThan(first!.seconds);
      expect(first!.high).toBeGreaterThan(first!.seconds);
    }
  });

  test("accuses nobody where nobody is guilty, however long the slow runs last", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { evidence } = plantWorld({ ...plan, seed, culprits: 0, ownSlow: 0.05, nightSpread: 0.3 });
      expect(fitAttribution(evidence).findings.culprits).toEqual([]);
    }
  });

  test("what happened once proves nothing, however many runs were there", () => {
    const random = seededRandom(4);
    const noise = () => 0.9 + 0.2 * random();
    const episode = { from: 3 * 86_400 + 10 * 3600, to: 3 * 86_400 + 10.5 * 3600 };
    const rows: [number, number, number, number][] = [];
    for (let at = 0; at < 7 * 86_400; at += 200) {
      const beside = at >= episode.from && at < episode.to;
      for (const group of [1, 2]) rows.push([at, at + 30 * noise() * (beside ? 3 : 1), group, 1]);
    }
    for (let k = 0; k < 4; k++) rows.push([episode.from + k * 450, episode.from + k * 450 + 440, 0, 1]);
    expect(fitAttribution(withLog(rows)).findings.culprits).toEqual([]);
  });

  test("a culprit that comes more often than not costs what it costs, though its delays are usual at that hour", () => {
    const random = seededRandom(1);
    const noise = () => 0.9 + 0.2 * random();
    const rows: [number, number, number, number][] = [];
    for (let d = 0; d < 60; d++) {
      const comes = random() < 0.65;
      for (let at = d * 86_400; at < (d + 1) * 86_400; at += 3600) {
        const beside = comes && at === d * 86_400 + 7200;
        if (beside) rows.push([at - 60 * random(), at + 3000, 0, 1]);
        for (const group of [1, 2])
          rows.push([at + group, at + group + 600 * noise() * (beside ? 2 : 1), group, 1]);
      }
    }
    const [culprit] = fitAttribution(withLog(rows)).findings.culprits;
    expect(culprit!.process).toBe(0);
    expect(culprit!.victims.map(({ group }) => group).toSorted((a, b) => a - b)).toEqual([1, 2]);
    for (const { slowdownPerSecond } of culprit!.victims) expect(slowdownPerSecond).toBeCloseTo(0.5, 1);
  });

  test("tells how far it is", () => {
    const shares: number[] = [];
    fitAttribution(world.evidence, { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  test("a log of nothing, and one that is not sorted", () => {
    expect(fitAttribution(none).findings).toMatchObject({ culprits: [], slowRuns: 0, coverage: null });
    const reversed = withLog([
      [0, 1, 0, 1],
      [5, 6, 1, 1],
    ]);
    reversed.log.start.reverse();
    expect(() => fitAttribution(reversed)).toThrow(RangeError);
  });
});

describe("explainRun", () => {
  const world = plantWorld(plan);
  const { log } = world.evidence;
  const model = fitAttribution(world.evidence);

  test("names who slowed the run, and its parts add up to the excess", () => {
    let named = 0;
    for (let run = 0; run < log.start.length; run++) {
      const { explanation, blamed } = explainRun(model, world.evidence, run);
      if (explanation.verdict === "normal") continue;
      expect(explanation.shares.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(
        explanation.excessSeconds,
        6,
      );
      for (const { seconds, low, high } of explanation.shares) {
        expect(low).toBeLessThanOrEqual(seconds + 1e-9);
        expect(high).toBeGreaterThanOrEqual(seconds - 1e-9);
      }
      const absent = (_: number, i: number) =>
        log.start[i]! >= log.end[run]! || log.end[i]! <= log.start[run]!;
      expect(blamed.filter(absent).every((seconds) => seconds === 0)).toBe(true);
      if (explanation.verdict !== "culprit") continue;
      named++;
      expect(explanation.shares.find(({ cause }) => cause === "process")!.groups).toEqual([
        world.slowedBy[run],
      ]);
    }
    expect(named).toBeGreaterThan(10);
  });

  test("says the same of a slice that has only what touches the run", () => {
    const run = log.start.findIndex(
      (_, i) => explainRun(model, world.evidence, i).explanation.verdict === "culprit",
    );
    const whole = explainRun(model, world.evidence, run);
    const touching = [...log.start.keys()].filter(
      (i) => log.end[i]! > log.start[run]! && log.start[i]! < log.end[run]!,
    );
    const slice: Evidence = {
      ...world.evidence,
      log: {
        start: Float64Array.from(touching, (i) => log.start[i]!),
        end: Float64Array.from(touching, (i) => log.end[i]!),
        group: Int32Array.from(touching, (i) => log.group[i]!),
        timed: Uint8Array.from(touching, (i) => log.timed[i]!),
      },
    };
    expect(whole.explanation.shares[0]!.cause).toBe("process");
    expect(explainRun(model, slice, touching.indexOf(run)).explanation).toEqual(whole.explanation);
  });
});

describe("of rubbish", () => {
  const day = 86_400;
  const seconds = fc.integer({ min: -1000, max: 40 * day });
  property.prop([
    fc.array(
      fc.tuple(
        seconds,
        fc.oneof(seconds, fc.constant(NaN), fc.constant(Infinity)),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 1 }),
      ),
      { maxLength: 120 },
    ),
  ])("it makes no error and no accusation", (rows) => {
    expect(fitAttribution(withLog(rows)).findings.culprits).toEqual([]);
  });
});
