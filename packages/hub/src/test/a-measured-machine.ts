/**
 * Days on one machine of two cores with an agent. `backup` and `report` keep a core busy; `reindex`, as chance will have it, asks
 * for both while they run, so that all get two thirds of what they ask for; `cleanup` is always there and hardly works. What the
 * agent would have measured comes from the same seconds.
 */
import { seededRandom } from "@culprit/analysis";
import { formatInstant, microsPerSecond, type ExecutionInput, type Micros } from "@culprit/protocol";
import type { SamplePoint } from "./samples.ts";

const day = 86_400;
const cores = 2;
const every = 10;

type Job = { process: string; start: number; demand: number; work: number; done: number; end: number };

export function aMeasuredMachine({ machine, days, until }: { machine: string; days: number; until: Micros }) {
  const random = seededRandom(7);
  const first = Math.floor(until / microsPerSecond / day) * day - days * day;
  const runs: ExecutionInput[] = [];
  const points: SamplePoint[] = [];
  /** The runs of `backup` that `reindex` ran beside, and by how many seconds they are longer than alone. */
  const slowed: { id: string; seconds: number }[] = [];
  for (let shift = 0; shift < days * 3; shift++) {
    const start = first + (shift * day) / 3 + 7200;
    const crowded = random() < 0.3;
    const job = (process: string, after: number, demand: number, seconds: number): Job => {
      const work = demand * seconds * (0.97 + 0.06 * random());
      return { process, start: start + after + Math.round(10 * random()), demand, work, done: 0, end: 0 };
    };
    const jobs = [
      job("backup", 0, 0.5, 600),
      job("cleanup", 60, 0.05, 300),
      job("report", 1800, 0.5, 420),
      job("cleanup", 1860, 0.05, 300),
      ...(crowded ? [job("reindex", 120, 1, 300), job("reindex", 1920, 1, 300)] : []),
    ];
    points.push(...work(jobs, start));
    for (const one of jobs) {
      const id = `${one.process}-${runs.length}`;
      const lost = one.end - one.start - one.work / one.demand;
      if (one.process === "backup" && crowded) slowed.push({ id, seconds: lost });
      const at = (seconds: number) => formatInstant(Math.round(seconds * microsPerSecond));
      const used = { cpuSeconds: one.work * cores, peakCpuCores: one.demand * cores };
      const { process, start: began, end } = one;
      runs.push({
        id,
        machine,
        process,
        kind: "cron",
        startedAt: at(began),
        endedAt: at(end),
        outcome: "ok",
        ...used,
      });
    }
  }
  return { runs, points, slowed };
}

/** Second by second: where more is asked for than there is, everyone gets the same part of what he asks for. */
function work(jobs: readonly Job[], start: number): SamplePoint[] {
  const points: SamplePoint[] = [];
  let [busy, waiting] = [0, 0];
  for (let at = start - 300; at < start + 3600; at++) {
    const running = jobs.filter((job) => job.start <= at && job.end === 0);
    const load = running.reduce((sum, { demand }) => sum + demand, 0);
    for (const job of running) {
      const step = job.demand / Math.max(1, load);
      if (job.done + step >= job.work) job.end = at + (job.work - job.done) / step;
      job.done += step;
    }
    busy += Math.min(1, load);
    waiting += Math.max(0, load - 1) * cores;
    if ((at + 1) % every !== 0) continue;
    const sample = { at: (at + 1) * microsPerSecond };
    points.push(
      { ...sample, series: cpuUser, value: busy / every, intervalSeconds: 0 },
      { ...sample, series: cpuSteal, value: 0, intervalSeconds: 0 },
      { ...sample, series: runQueueWait, value: waiting, intervalSeconds: every },
    );
    [busy, waiting] = [0, 0];
  }
  return points;
}

const cpu = (mode: string) =>
  ({ metric: "system.cpu.utilization", attributes: { "cpu.mode": mode }, unit: "1", type: "gauge" }) as const;
const cpuUser = cpu("user");
const cpuSteal = cpu("steal");
const runQueueWait = {
  metric: "system.linux.run_queue.wait",
  attributes: {},
  unit: "s",
  type: "counter",
} as const;
