import { executionFlags, executionKinds, executionOutcomes, type ExecutionFlag } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { MeasuredExecutions } from "../../store/store.ts";
import { toEvidence } from "./evidence.ts";
import { machineLoads } from "./machine-load.ts";
import { sampleColumns, type RawEvidence, type RawSamples, type SampleColumn } from "./raw-evidence.ts";
import { Roster } from "./roster.ts";

const second = 1_000_000;

type Run = {
  process?: number;
  machine?: number;
  kind?: (typeof executionKinds)[number];
  outcome?: (typeof executionOutcomes)[number];
  /** Seconds; end null: none is known. */
  span: [number, number | null];
  flags?: ExecutionFlag[];
  part?: boolean;
  cpuSeconds?: number;
  peakCpuCores?: number;
};

function measured(runs: readonly Run[]): MeasuredExecutions {
  const floats = (of: (run: Run) => number | undefined) => Float32Array.from(runs, (run) => of(run) ?? NaN);
  return {
    length: runs.length,
    machineId: Int32Array.from(runs, ({ machine = 7 }) => machine),
    processId: Int32Array.from(runs, ({ process = 1 }) => process),
    kind: Uint8Array.from(runs, ({ kind = "cron" }) => executionKinds.indexOf(kind)),
    outcome: Uint8Array.from(runs, ({ outcome = "ok" }) => executionOutcomes.indexOf(outcome)),
    startedAt: Float64Array.from(runs, ({ span }) => span[0] * second),
    endedAt: Float64Array.from(runs, ({ span }) => (span[1] ?? NaN) * second),
    flags: Int32Array.from(runs, ({ flags = [] }) =>
      flags.reduce((bits, flag) => bits | (1 << executionFlags.indexOf(flag)), 0),
    ),
    part: Uint8Array.from(runs, ({ part }) => (part ? 1 : 0)),
    cpuSeconds: floats(({ cpuSeconds }) => cpuSeconds),
    ioBytes: floats(() => undefined),
    peakCpuCores: floats(({ peakCpuCores }) => peakCpuCores),
    peakIoBytesPerSecond: floats(() => undefined),
  };
}

const raw = (runs: readonly Run[], more: Partial<RawEvidence> = {}): RawEvidence => ({
  window: { from: 0, to: 1000 * second },
  now: 1000 * second,
  runs: measured(runs),
  machines: [{ machineId: 7, cores: 4, zone: null }],
  shared: [],
  samples: null,
  ...more,
});
const read = (runs: readonly Run[], more: Partial<RawEvidence> = {}) => {
  const given = raw(runs, more);
  return toEvidence(given, new Roster(given.machines));
};

describe("evidence", () => {
  test("has the runs in seconds, and a number for each process on a machine in a kind", () => {
    const { evidence, rows } = read([
      { span: [10, 20.5] },
      { span: [11, 12], process: 5, kind: "web" },
      { span: [12, 30], machine: 9 },
      { span: [40, 50] },
    ]);
    expect(evidence.log).toEqual({
      start: Float64Array.of(10, 11, 12, 40),
      end: Float64Array.of(20.5, 12, 30, 50),
      group: Int32Array.of(0, 1, 2, 0),
      timed: Uint8Array.of(1, 1, 1, 1),
    });
    expect(evidence.groups).toEqual({ process: Int32Array.of(0, 1, 0), machine: Int32Array.of(0, 0, 1) });
    expect(evidence).toMatchObject({ machines: 2, sharedBy: null, demands: null, work: null });
    expect(Array.from(rows)).toEqual([0, 1, 2, 3]);
  });

  test("leaves out what stood elsewhere in time, what is a part of another run, and what ends before it starts", () => {
    const { rows } = read([
      { span: [10, 20], flags: ["clock-skew"] },
      { span: [10, 20], flags: ["observed", "ambiguous-time"] },
      { span: [10, 20], flags: ["future"] },
      { span: [10, 20], part: true },
      { span: [10, 5] },
      { span: [10, 20], flags: ["observed"] },
    ]);
    expect(Array.from(rows)).toEqual([5]);
  });

  test("has a job once that two ways recorded, and all requests of one instant", () => {
    const { rows } = read([
      { span: [10, 20] },
      { span: [10.4, 20.2], process: 2 },
      { span: [10.5, 20.1] },
      { span: [11.5, 20.1] },
      { span: [12, 13], kind: "web" },
      { span: [12, 13], kind: "web" },
    ]);
    expect(Array.from(rows)).toEqual([0, 1, 3, 4, 5]);
  });

  test("takes a length for one only where a run ended well; one under way is there until now", () => {
    const { evidence } = read([
      { span: [10, 20], outcome: "failed" },
      { span: [11, 20], outcome: "lost" },
      { span: [12, null], outcome: "running" },
      { span: [13, null] },
      { span: [14, 20], outcome: "timeout" },
    ]);
    expect(evidence.log.timed).toEqual(Uint8Array.of(0, 0, 0, 0, 0));
    expect(evidence.log.end).toEqual(Float64Array.of(20, 20, 1000, 13, 20));
  });

  test("of a slice keeps the run in question whatever it is, and the numbers of what was fitted", () => {
    const fitted = raw([
      { span: [1, 2], process: 8 },
      { span: [1, 2], process: 9 },
    ]);
    const roster = new Roster(fitted.machines);
    const { capacities } = toEvidence(fitted, roster);
    const slice = raw([
      { span: [10, 20], process: 9 },
      { span: [11, null], process: 3, outcome: "running", flags: ["clock-skew"], part: true },
      { span: [12, 20], process: 8, flags: ["clock-skew"] },
    ]);
    const { evidence, rows } = toEvidence(slice, roster, { subject: 1, capacities });
    expect(Array.from(rows)).toEqual([0, 1]);
    expect(evidence.log.group).toEqual(Int32Array.of(1, 2));
    expect(evidence.log.timed).toEqual(Uint8Array.of(1, 1));
    expect(evidence.groups.process).toEqual(Int32Array.of(0, 1, 2));
  });

  test("joins machines that share something, by lists that have one in common", () => {
    const machines = [1, 2, 3, 4, 5].map((machineId) => ({ machineId, cores: null, zone: null }));
    const { evidence } = read([], {
      machines,
      shared: [
        [1, 2],
        [4, 2],
        [99, 5],
      ],
    });
    expect(evidence.sharedBy).toEqual(Int32Array.of(0, 0, 2, 0, 4));
  });

  test("tells demand and work in units of the machine", () => {
    const { evidence } = read([{ span: [0, 10], cpuSeconds: 10, peakCpuCores: 2 }, { span: [20, 30] }]);
    expect(evidence.demands!.cpu).toEqual(Float32Array.of(0.5, NaN));
    expect(evidence.work!.cpu).toEqual(Float32Array.of(2.5, NaN));
    expect(evidence.demands!.io).toEqual(Float32Array.of(NaN, NaN));
  });
});

describe("the load of a machine", () => {
  const samples = (machineIds: number[], given: Partial<Record<SampleColumn, number[]>>): RawSamples => {
    const values = Object.fromEntries(
      sampleColumns.map((column) => [
        column,
        Float32Array.from(machineIds, (_, at) => given[column]?.[at] ?? NaN),
      ]),
    ) as RawSamples["values"];
    return {
      step: 10 * second,
      machineId: Int32Array.from(machineIds),
      at: Float64Array.from(machineIds, (_, at) => at * 10 * second),
      values,
    };
  };
  const machines = [
    { machineId: 1, cores: 2, zone: null },
    { machineId: 2, cores: null, zone: null },
    { machineId: 3, cores: 8, zone: null },
  ];

  test("is what is served and what waits, whatever the kernel tells of it", () => {
    const [first, second_, third] = machineLoads(
      machines,
      samples([1, 1, 1, 1, 2], {
        cpuBusy: [1, 0.5, 1, 0.5, 0.75],
        tasksWaiting: [1, NaN, NaN, NaN, 3],
        tasksReady: [0, 3, NaN, NaN, 9],
        cpuPressure: [0, 0, 0.5, NaN, 1],
        cpuSteal: [0, 0, 0, 0.25, 0],
      }),
    );
    expect(first!.samples!.load.cpu).toEqual(Float32Array.of(1.5, 1.5, 1.25, 0.5));
    expect(first!.samples!.at).toEqual(Float64Array.of(10, 20, 30, 40));
    expect(first!.samples!.steal[3]).toBe(0.25);
    expect(second_!.samples!.load.cpu).toEqual(Float32Array.of(0.75));
    expect(third).toEqual({ samples: null, capacity: { cores: 8, ioBytesPerSecond: null } });
  });

  test("counts requests that wait for a disk, but not a whole queue of one program", () => {
    const [first] = machineLoads(
      machines,
      samples([1, 1, 1], { diskBusy: [1, 1, 0.5], diskRequests: [2, 32, NaN] }),
    );
    expect(first!.samples!.load.io).toEqual(Float32Array.of(2, 4, 0.5));
  });
});
