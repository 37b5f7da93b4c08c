/** Small exact worlds in which jobs share a machine by what they ask for. */
import type { Evidence } from "../evidence.ts";

/** A job of a small exact fluid world: what it asks for of its machine, and its work in seconds alone. */
export type Job = { process: number; start: number; work: number; cpu?: number; io?: number };

export const hour = 3600;
const sampleSeconds = 10;

/** One machine that shares its CPU and disk by demand; `stolen` by the host from each 40th to each 42nd hour. */
export function play(
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
export function everyTwoHours(process: number, asks: { cpu?: number; io?: number }, count = 60): Job[] {
  return Array.from({ length: count }, (_, k) => ({
    process,
    start: k * 2 * hour + process,
    work: 600 + 12 * Math.sin(k * 7.3 + process),
    ...asks,
  }));
}

/** Beside every fifth run of the others, from before it to after it. */
export function everyFifth(process: number, asks: { cpu?: number; io?: number }, first = 0): Job[] {
  return Array.from({ length: 12 }, (_, k) => ({
    process,
    start: (k * 5 + first) * 2 * hour - 60,
    work: 1000,
    ...asks,
  }));
}
