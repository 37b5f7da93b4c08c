import { expect, test } from "vitest";
import type { Evidence } from "./evidence.ts";
import { explainFromDemand } from "./explain-with-demand.ts";
import { fitFromDemand } from "./fit-from-demand.ts";

/** A job of a small exact fluid world: what it asks for of its machine, and its work in seconds alone. */
type Job = { process: number; start: number; work: number; cpu?: number; io?: number };

const hour = 3600;
const sampleSeconds = 10;

/** One machine that shares its CPU and disk by demand; `stolen` by the host from each 40th to each 42nd hour. */
function play(
  jobs: Job[],
  { unlogged = 0, stolen = 0, sampled = true, measured = true } = {},
): { evidence: Evidence; find: (process: number, start: number) => number } {
  const sorted = jobs.toSorted((a, b) => a.start - b.start);
  const end = sorted.map(() => 0);
  const left = sorted.map(({ work }) => work);
  const active = new Set<number>();
  const samples = { cpu: [] as number[], io: [] as number[], steal: [] as number[] };
  const last = Math.max(...sorted.map(({ start, work }) => start + work)) + 10 * hour;
  const isBurst = (at: number) => at % (40 * hour) < 2 * hour;
  for (let at = 0, next = 0; at < last && (next < sorted.length || active.size > 0);) {
    while (next < sorted.length && sorted[next]!.start <= at) active.add(next++);
    const taken = isBurst(at) ? stolen : 0;
    const cpu = [...active].reduce((sum, i) => sum + (sorted[i]!.cpu ?? 0), isBurst(at) ? unlogged : 0);
    const io = [...active].reduce((sum, i) => sum + (sorted[i]!.io ?? 0), 0);
    const until = (Math.floor(at / sampleSeconds) + 1) * sampleSeconds;
    let step = Math.min(until - at, next < sorted.length ? sorted[next]!.start - at : Infinity);
    const speeds = new Map<number, number>();
    for (const i of active) {
      const byCpu = sorted[i]!.cpu ? Math.min(1, (1 - taken) / cpu) : 1;
      const byIo = sorted[i]!.io ? Math.min(1, 1 / io) : 1;
      speeds.set(i, Math.min(byCpu, byIo));
      step = Math.min(step, left[i]! / speeds.get(i)!);
    }
    if (step > sampleSeconds / 2 || at + step === until) {
      while (samples.cpu.length * sampleSeconds < until) {
        samples.cpu.push(cpu);
        samples.io.push(io);
        samples.steal.push(taken);
      }
    }
    for (const i of active) {
      left[i]! -= step * speeds.get(i)!;
      if (left[i]! > 1e-6) continue;
      end[i] = at + step;
      active.delete(i);
    }
    at += step;
  }
  const processes = Math.max(...jobs.map(({ process }) => process)) + 1;
  const evidence: Evidence = {
    log: {
      start: Float64Array.from(sorted, ({ start }) => start),
      end: Float64Array.from(end),
      group: Int32Array.from(sorted, ({ process }) => process),
      timed: new Uint8Array(sorted.length).fill(1),
    },
    groups: {
      process: Int32Array.from({ length: processes }, (_, i) => i),
      machine: new Int32Array(processes),
    },
    machines: 1,
    sharedBy: null,
    demands: measured
      ? {
          cpu: Float32Array.from(sorted, ({ cpu }) => cpu ?? 0),
          io: Float32Array.from(sorted, ({ io }) => io ?? 0),
        }
      : null,
    work: {
      cpu: Float32Array.from(sorted, ({ cpu, work }) => (cpu ?? 0) * work),
      io: Float32Array.from(sorted, ({ io, work }) => (io ?? 0) * work),
    },
    samples: [
      sampled
        ? {
            at: Float64Array.from(samples.cpu, (_, i) => (i + 1) * sampleSeconds),
            load: { cpu: Float32Array.from(samples.cpu), io: Float32Array.from(samples.io) },
            steal: Float32Array.from(samples.steal),
          }
        : null,
    ],
  };
  return {
    evidence,
    find: (process, start) => sorted.findIndex((job) => job.process === process && job.start === start),
  };
}

/** Runs of 600 s (a little more or less) every two hours. */
function everyTwoHours(process: number, asks: { cpu?: number; io?: number }, count = 60): Job[] {
  return Array.from({ length: count }, (_, k) => ({
    process,
    start: k * 2 * hour + process,
    work: 600 + 12 * Math.sin(k * 7.3 + process),
    ...asks,
  }));
}

const [victim, suspect, other] = [0, 1, 2];
/** Beside every fifth run of the others, from before it to after it. */
function everyFifth(process: number, asks: { cpu?: number; io?: number }, first = 0): Job[] {
  return Array.from({ length: 12 }, (_, k) => ({
    process,
    start: (k * 5 + first) * 2 * hour - 60,
    work: 1000,
    ...asks,
  }));
}

for (const sampled of [true, false]) {
  test(`two jobs that want the whole CPU cost each other half their speed (samples: ${sampled})`, () => {
    const jobs = [...everyTwoHours(victim, { cpu: 1 }), ...everyFifth(suspect, { cpu: 1 }, 1)];
    const { evidence, find } = play(jobs, { sampled });
    const model = fitFromDemand(evidence)!.model;
    const { verdict, shares, blamed } = explainFromDemand(model, evidence, find(victim, 2 * hour * 6), 600)!;
    expect(verdict).toBe("culprit");
    expect(shares[0]).toMatchObject({ cause: "process", groups: [suspect] });
    expect(shares[0]!.seconds).toBeGreaterThan(570);
    expect(shares[0]!.seconds).toBeLessThan(640);
    expect(blamed.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(shares[0]!.seconds, 6);
  });
}

test("one busy neighbour on two cores costs nothing, the second one does", () => {
  const half = { cpu: 0.5 };
  const jobs = [
    ...everyTwoHours(victim, half),
    ...everyFifth(suspect, half, 1),
    ...everyFifth(suspect, half, 2),
    ...everyFifth(other, half, 2),
  ];
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  expect(evidence.log.end[find(victim, 12 * hour)]! - 12 * hour).toBeLessThan(620);
  const crowded = explainFromDemand(model, evidence, find(victim, 14 * hour), 600)!;
  // Both did the same, so nothing tells which: they are named together.
  expect(crowded.shares[0]).toMatchObject({ cause: "group", groups: [suspect, other] });
  expect(crowded.verdict).toBe("not-separable");
  const caused = model.costs.filter(({ victim: who }) => who === victim);
  expect(caused.map((cost) => cost.suspect).toSorted()).toEqual([suspect, other]);
});

test("who crowds the disk is not blamed by those that only want the CPU", () => {
  const jobs = [
    ...everyTwoHours(victim, { cpu: 0.9 }),
    ...everyTwoHours(3, { io: 0.8 }),
    ...everyFifth(suspect, { io: 0.9 }, 1),
    ...everyFifth(other, { cpu: 0.8 }, 1),
  ];
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  const onCpu = explainFromDemand(model, evidence, find(victim, 12 * hour), 600)!;
  expect(onCpu.shares[0]).toMatchObject({ cause: "process", groups: [other] });
  expect(onCpu.shares.some(({ groups }) => groups.includes(suspect))).toBe(false);
  const onDisk = explainFromDemand(model, evidence, find(3, 12 * hour + 3), 600)!;
  expect(onDisk.shares[0]).toMatchObject({ cause: "process", groups: [suspect] });
});

test("what the host steals is the host's doing, and load that nobody logged is nobody's", () => {
  const jobs = everyTwoHours(victim, { cpu: 0.8 }, 120);
  const stolen = play(jobs, { stolen: 0.6 });
  const slow = stolen.find(victim, 40 * hour);
  const byHost = explainFromDemand(fitFromDemand(stolen.evidence)!.model, stolen.evidence, slow, 600)!;
  expect(byHost.verdict).toBe("host");
  expect(byHost.shares[0]!.seconds).toBeGreaterThan(500);
  const crowded = play(jobs, { unlogged: 1 });
  const unseen = explainFromDemand(fitFromDemand(crowded.evidence)!.model, crowded.evidence, slow, 600)!;
  expect(unseen).toMatchObject({ verdict: "unknown", shares: [{ cause: "unexplained" }] });
});

test("a run that had twice as much to do is slow by its own work", () => {
  const jobs = [...everyTwoHours(victim, { cpu: 0.4 }), ...everyFifth(suspect, { cpu: 0.5 }, 1)];
  jobs[31]!.work = 1200;
  const { evidence, find } = play(jobs);
  const model = fitFromDemand(evidence)!.model;
  const { verdict, shares } = explainFromDemand(model, evidence, find(victim, 62 * hour), 600)!;
  expect(verdict).toBe("own-work");
  expect(shares.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(600, 0);
  expect(explainFromDemand(model, { ...evidence, work: null }, find(victim, 62 * hour), 600)!.verdict).toBe(
    "unknown",
  );
});

test("where nothing was measured there is no model", () => {
  const { evidence } = play(everyTwoHours(victim, { cpu: 1 }), { sampled: false, measured: false });
  expect(fitFromDemand(evidence)).toBeNull();
});
