/** Measured demand through the public entry. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { explainRun, fitAttribution } from "./attribution.ts";
import type { Evidence } from "./evidence.ts";
import { everyFifth, everyTwoHours, hour, play } from "./test/fluid-jobs.ts";

/** 0 and 1 suffer from 2; 3 is always there when 2 is and takes next to nothing; 4 suffers nothing. */
const jobs = [
  ...everyTwoHours(0, { cpu: 0.6 }),
  ...everyTwoHours(1, { cpu: 0.3 }),
  ...everyFifth(2, { cpu: 0.9 }, 1),
  ...everyFifth(3, { cpu: 0.003 }, 1),
  ...everyTwoHours(4, { io: 0.2 }),
];
const { evidence, find } = play(jobs);
const model = fitAttribution(evidence);
const { log } = evidence;
const slow = [...log.start.keys()].filter(
  (run) => explainRun(model, evidence, run).explanation.verdict !== "normal",
);

describe("culprits by measured demand", () => {
  test("are those that took what others waited for, with about the seconds that it cost these", () => {
    const [first] = model.findings.culprits;
    expect(first).toMatchObject({ process: 2, basis: "samples" });
    // What each run would have taken alone is known exactly here, and what of the rest is 2's part.
    const work = new Map(jobs.map((job) => [`${job.process} ${job.start}`, job.work]));
    const part = [0.9 / (0.9 + 0.3), 0.9 / (0.9 + 0.6), 0, 0, 0];
    let caused = 0;
    for (const [run, group] of log.group.entries()) {
      const seconds = log.end[run]! - log.start[run]!;
      caused += part[group]! * (seconds - work.get(`${group} ${log.start[run]}`)!);
    }
    expect(first!.causedSeconds).toBeGreaterThan(0.9 * caused);
    expect(first!.causedSeconds).toBeLessThan(1.1 * caused);
    expect(first!.low).toBeLessThan(first!.causedSeconds);
    expect(new Set(first!.victims.map(({ group }) => group))).toEqual(new Set([0, 1]));
    for (const { exposedRuns, unexposedRuns, exposed, unexposed, slowdownPerSecond, q } of first!.victims) {
      expect([exposedRuns, unexposedRuns]).toEqual([12, 48]);
      expect(Math.min(...exposed)).toBeGreaterThan(Math.max(...unexposed));
      expect(slowdownPerSecond).toBeGreaterThan(0.1);
      expect(q).toBeLessThan(0.01);
    }
  });

  test("are never those that always run beside one and take next to nothing, nor a busy one that nobody waits for", () => {
    expect(model.findings.culprits.map(({ process }) => process)).not.toContain(3);
    const idle = play(jobs.map(({ cpu = 0, io = 0, ...job }) => ({ ...job, cpu: cpu / 2, io: io / 2 })));
    expect(fitAttribution(idle.evidence).findings.culprits).toEqual([]);
  });
});

describe("a slow run", () => {
  test("is explained by parts that add up, and nobody is blamed who was not there", () => {
    expect(slow.length).toBeGreaterThan(20);
    for (const run of slow) {
      const { explanation, blamed } = explainRun(model, evidence, run);
      expect(explanation.basis).toBe("samples");
      const sum = explanation.shares.reduce((all, { seconds }) => all + seconds, 0);
      expect(sum).toBeCloseTo(explanation.excessSeconds, 6);
      for (const { seconds, low, high } of explanation.shares) {
        expect(low).toBeLessThanOrEqual(seconds);
        expect(high).toBeGreaterThanOrEqual(seconds);
      }
      const absent = (_: number, i: number) =>
        i === run || log.start[i]! >= log.end[run]! || log.end[i]! <= log.start[run]!;
      expect(blamed.filter(absent).every((seconds) => seconds === 0)).toBe(true);
    }
  });

  test("is explained the same from a slice, with groups numbered otherwise, and at other times", () => {
    const run = find(0, 12 * hour);
    const whole = explainRun(model, evidence, run).explanation;
    expect(whole.shares[0]).toMatchObject({ cause: "process", groups: [2] });
    const near = [...log.start.keys()].filter(
      (i) => log.end[i]! > log.start[run]! && log.start[i]! < log.end[run]!,
    );
    const slice = chosen(evidence, near);
    expect(explainRun(model, slice, near.indexOf(run)).explanation).toEqual(whole);

    const renamed = { ...evidence, log: { ...log, group: log.group.map((group) => 4 - group) } };
    const other = explainRun(fitAttribution(renamed), renamed, run).explanation;
    expect(other.shares[0]).toMatchObject({ cause: "process", groups: [2] });
    expect(other.shares[0]!.seconds).toBeCloseTo(whole.shares[0]!.seconds, 3);

    const later = shifted(evidence, 1e6 * hour);
    const then = explainRun(fitAttribution(later), later, run).explanation;
    expect(then.shares[0]!.groups).toEqual([2]);
    expect(then.shares[0]!.seconds).toBeCloseTo(whole.shares[0]!.seconds, 1);
  });
});

const rubbish = fc.oneof(
  { weight: 3, arbitrary: fc.float({ min: 0, max: 2, noNaN: true }) },
  fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e30),
);

property.prop([fc.array(rubbish, { minLength: 20, maxLength: 20 }), fc.boolean()], { numRuns: 10, seed: 11 })(
  "meters that tell rubbish make no error and accuse nobody who takes nothing",
  (values, backwards) => {
    const garbled = (column: Float32Array) =>
      column.map((value, i) => (i % 7 === 0 ? values[i % 20]! : value));
    const both = ({ cpu, io }: { cpu: Float32Array; io: Float32Array }) => ({
      cpu: garbled(cpu),
      io: garbled(io),
    });
    const [samples] = evidence.samples;
    const at = samples!.at.slice();
    if (backwards) at.copyWithin(at.length >> 1, 0, at.length >> 2);
    const bad: Evidence = {
      ...evidence,
      demands: both(evidence.demands!),
      work: both(evidence.work!),
      samples: [{ at, load: both(samples!.load), steal: garbled(samples!.steal) }],
    };
    const fitted = fitAttribution(bad);
    expect(fitted.findings.culprits.map(({ process }) => process)).not.toContain(3);
    for (const run of slow.slice(0, 3)) {
      const { explanation } = explainRun(fitted, bad, run);
      const sum = explanation.shares.reduce((all, { seconds }) => all + seconds, 0);
      expect(sum).toBeCloseTo(explanation.verdict === "normal" ? 0 : explanation.excessSeconds, 6);
    }
  },
);

function chosen({ log, demands, work, ...rest }: Evidence, rows: readonly number[]): Evidence {
  const column = (values: Float32Array) => Float32Array.from(rows, (row) => values[row]!);
  const both = (values: Evidence["demands"]) => values && { cpu: column(values.cpu), io: column(values.io) };
  return {
    ...rest,
    log: {
      start: Float64Array.from(rows, (row) => log.start[row]!),
      end: Float64Array.from(rows, (row) => log.end[row]!),
      group: Int32Array.from(rows, (row) => log.group[row]!),
      timed: Uint8Array.from(rows, (row) => log.timed[row]!),
    },
    demands: both(demands),
    work: both(work),
  };
}

function shifted(one: Evidence, seconds: number): Evidence {
  const later = (at: Float64Array) => at.map((instant) => instant + seconds);
  return {
    ...one,
    log: { ...one.log, start: later(one.log.start), end: later(one.log.end) },
    samples: one.samples.map((samples) => samples && { ...samples, at: later(samples.at) }),
  };
}
