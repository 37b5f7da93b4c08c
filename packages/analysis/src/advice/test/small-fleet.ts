/** For tests: jobs whose speed is lost to others as told, played event by event. Seeded. */
import type { Evidence } from "../../attribution/evidence.ts";
import { orderOf, pick } from "../../intervals.ts";
import { gaussian, seededRandom } from "../../seeded-random.ts";

export type Job = {
  machine?: number;
  /** Seconds after midnight UTC. */
  at: readonly number[];
  /** Of work. */
  seconds: number;
  /** Standard deviation of its logarithm. */
  noise?: number;
  /** Seconds by which a start may be late. */
  jitter?: number;
  /** 0: every day; by day from the first. */
  on?: (day: number) => boolean;
};

/** Of victim and suspect, the share of speed lost beside. */
export type Losses = readonly (readonly [victim: number, suspect: number, rate: number])[];

export const day = 86_400;
/** A Monday. */
export const monday = Date.UTC(2026, 0, 5) / 1000;

type Run = { job: number; start: number; work: number };

/** `shift`: by how much a job starts later, by job and day. The same seed gives the same work to the same runs. */
export function play(
  jobs: readonly Job[],
  losses: Losses,
  days: number,
  seed: number,
  shift: (job: number, day: number) => number = () => 0,
): Evidence {
  const random = seededRandom(seed);
  const runs: Run[] = [];
  for (let today = 0; today < days; today++)
    for (const [job, { at, seconds, noise = 0.05, jitter = 0, on }] of jobs.entries())
      for (const time of at) {
        const work = seconds * Math.exp(noise * gaussian(random));
        const start = monday + today * day + time + jitter * random() + shift(job, today);
        if (on?.(today) ?? true) runs.push({ job, start, work });
      }
  return evidenceOf(jobs, playRuns(runs, losses));
}

function playRuns(runs: Run[], losses: Losses): (Run & { end: number })[] {
  const waiting = runs.toSorted((a, b) => a.start - b.start);
  const done: (Run & { end: number })[] = [];
  let active: (Run & { left: number })[] = [];
  let now = 0;
  const speedOf = ({ job }: Run): number =>
    losses.reduce(
      (speed, [victim, suspect, rate]) =>
        victim === job && active.some((other) => other.job === suspect) ? speed - rate : speed,
      1,
    );
  for (let next = 0; next < waiting.length || active.length > 0;) {
    const speeds = active.map((run) => Math.max(0.02, speedOf(run)));
    const ends = active.map(({ left }, k) => now + left / speeds[k]!);
    const until = Math.min(waiting[next]?.start ?? Infinity, ...ends);
    for (const [k, run] of active.entries()) {
      run.left -= speeds[k]! * (until - now);
      if (ends[k]! <= until) done.push({ ...run, end: until });
    }
    active = active.filter((_, k) => ends[k]! > until);
    now = until;
    while (waiting[next] && waiting[next]!.start <= now)
      active.push({ ...waiting[next]!, left: waiting[next++]!.work });
  }
  return done;
}

function evidenceOf(jobs: readonly Job[], runs: readonly (Run & { end: number })[]): Evidence {
  const starts = Float64Array.from(runs, ({ start }) => start);
  const order = orderOf(starts);
  const machine = Int32Array.from(jobs, (job) => job.machine ?? 0);
  const machines = Math.max(...machine) + 1;
  return {
    log: {
      start: pick(starts, order, new Float64Array(order.length)),
      end: Float64Array.from(order, (at) => runs[at]!.end),
      group: Int32Array.from(order, (at) => runs[at]!.job),
      timed: new Uint8Array(order.length).fill(1),
    },
    groups: { process: Int32Array.from(jobs.keys()), machine },
    machines,
    sharedBy: null,
    demands: null,
    work: null,
    samples: Array.from({ length: machines }, () => null),
  };
}

/** Seconds of all runs together. */
export function totalSeconds({ log }: Evidence, group?: number): number {
  return log.start.reduce(
    (sum, start, i) => sum + (group === undefined || log.group[i] === group ? log.end[i]! - start : 0),
    0,
  );
}

const at = (hour: number, minute = 0): number => hour * 3600 + minute * 60;
export const everyHour = (minute = 0): number[] => Array.from({ length: 24 }, (_, hour) => at(hour, minute));
export { at as clock };
