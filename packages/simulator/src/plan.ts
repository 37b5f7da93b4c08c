/**
 * A plan: what a fleet would do if nobody hindered anybody. What they do to each other comes after (`multiplier.ts`,
 * `fluid.ts`), so the same plan can be played again with a process moved or taken away.
 */
import { Random } from "./random.ts";
import { day, hour, origin, startsOf, type Schedule, type Volumes } from "./schedule.ts";

export type PlannedProcess = {
  name: string;
  machine: number;
  kind: "cron" | "web" | "job";
  schedule: Schedule;
  /** The median of how long it takes alone, at the beginning. */
  medianSeconds: number;
  /** Standard deviation of the logarithm of the work from run to run. */
  spread: number;
  /** Growth of the logarithm of the work in a day. */
  driftPerDay: number;
  /** From that day on its work is so many times as much; null: never deployed. */
  deploy: { day: number; factor: number } | null;
  /** The share of runs that are slow by themselves. */
  ownSlowShare: number;
  /** So many times as much work on Sundays. */
  sundayFactor: number;
  /** How much a standard deviation of the night's volume adds to the logarithm of its work. */
  volumeLoading: number;
};

/** By run, sorted by start. */
export type PlannedRuns = {
  start: Float64Array;
  process: Int32Array;
  /** Seconds that it takes alone. */
  work: Float64Array;
  /** How much of it passes waiting for something outside the fleet, first of all: nothing is used meanwhile. */
  waiting: Float64Array;
  /** So many times what its process usually asks of each resource. */
  intensity: Float64Array;
  /** The median of the work at that time: without the run's own chance. */
  usual: Float64Array;
  /** What names the run also after a process moved: its process and its number among its runs. */
  key: Int32Array;
};

export type Plan = {
  seed: number;
  days: number;
  machines: number;
  /** Machines with the same number share a database or disk; null: none do. */
  sharedBy: readonly number[] | null;
  processes: readonly PlannedProcess[];
  runs: PlannedRuns;
};

type Fleet = Omit<Plan, "runs">;

export function planRuns(fleet: Fleet): Plan {
  const { seed, days, processes } = fleet;
  const volumes = volumesOf(seed, days);
  const starts: number[][] = [];
  const startsFor = (process: number): number[] =>
    (starts[process] ??= startsOf(
      processes[process]!.schedule,
      days,
      Random.of(seed, "starts", process),
      volumes,
      startsFor,
    ));
  const runs = processes.flatMap((process, number) => {
    const random = Random.of(seed, "work", number);
    return startsFor(number).map((start, key) => {
      const usual = usualWork(process, start);
      const own = ownWork(process, start, volumes, random);
      const intensity = Math.exp(intensitySpread * random.normal());
      return {
        start,
        process: number,
        usual,
        work: usual * own.work,
        waiting: usual * own.waiting,
        intensity,
        key,
      };
    });
  });
  return { ...fleet, runs: columns(runs) };
}

/** Standard deviation of the logarithm. */
const intensitySpread = 0.1;

/** Half a night's volume is the last night's, half is new. */
function volumesOf(seed: number, days: number): Volumes {
  const random = Random.of(seed, "volume");
  const volumes = new Float64Array(days);
  let volume = random.normal();
  for (let today = 0; today < days; today++) {
    volume = 0.5 * volume + Math.sqrt(0.75) * random.normal();
    volumes[today] = volume;
  }
  return volumes;
}

function usualWork({ medianSeconds, driftPerDay, deploy }: PlannedProcess, start: number): number {
  const today = (start - origin) / day;
  const deployed = deploy && today >= deploy.day ? deploy.factor : 1;
  return medianSeconds * Math.exp(driftPerDay * today) * deployed;
}

/** In units of what is usual then. A run that is slow by itself has more to do, or waits for something. */
function ownWork(
  process: PlannedProcess,
  start: number,
  volumes: Volumes,
  random: Random,
): { work: number; waiting: number } {
  const chance = Math.exp(process.spread * random.normal());
  const slowBy = random.between(1.8, 4);
  const slow = random.chance(process.ownSlowShare);
  const waits = random.chance(0.5);
  const sinceMidnight = (start - origin) % day;
  const today = Math.floor((start - origin) / day);
  const volume = sinceMidnight < 8 * hour ? (volumes[today] ?? 0) : 0;
  const sunday = today % 7 === 6 ? process.sundayFactor : 1;
  const usual = chance * sunday * Math.exp(process.volumeLoading * volume);
  return {
    work: slow ? usual * slowBy : usual,
    waiting: slow && waits ? usual * (slowBy - 1) : 0,
  };
}

type Row = { [column in keyof PlannedRuns]: number };

function columns(rows: Row[]): PlannedRuns {
  rows.sort((a, b) => a.start - b.start || a.process - b.process || a.key - b.key);
  return {
    start: Float64Array.from(rows, (row) => row.start),
    process: Int32Array.from(rows, (row) => row.process),
    work: Float64Array.from(rows, (row) => row.work),
    waiting: Float64Array.from(rows, (row) => row.waiting),
    intensity: Float64Array.from(rows, (row) => row.intensity),
    usual: Float64Array.from(rows, (row) => row.usual),
    key: Int32Array.from(rows, (row) => row.key),
  };
}

function rowsOf({ start, process, work, waiting, intensity, usual, key }: PlannedRuns): Row[] {
  return Array.from(start, (at, i) => ({
    start: at,
    process: process[i]!,
    work: work[i]!,
    waiting: waiting[i]!,
    intensity: intensity[i]!,
    usual: usual[i]!,
    key: key[i]!,
  }));
}

/** The same plan with every run started so many seconds later as `shiftOf`, asked once for each, says of its process. */
export function withMoved(plan: Plan, shiftOf: (process: number) => number): Plan {
  const rows = rowsOf(plan.runs).map((row) => ({ ...row, start: row.start + shiftOf(row.process) }));
  return { ...plan, runs: columns(rows) };
}

/** The same plan without the runs of a process. */
export function without(plan: Plan, process: number): Plan {
  return { ...plan, runs: columns(rowsOf(plan.runs).filter((row) => row.process !== process)) };
}
