/** Worlds with planted culprits that divide the speed of their victims. */
import { makeFleet, ordinaryFleet } from "./fleet.ts";
import { playMultiplier, type Effect } from "./multiplier.ts";
import { planRuns, type Plan, type PlannedProcess } from "./plan.ts";
import { Random } from "./random.ts";
import { day, hour, type Schedule } from "./schedule.ts";
import { canTouch } from "./separable.ts";
import { seen, usualObservation, type Planted, type World } from "./world.ts";

export type MultiplierOptions = {
  seed: number;
  processes: number;
  machines: number;
  days: number;
  culprits: number;
  /** Victims of each culprit; fewer where the fleet has no more that meet it about as often as asked. */
  victims: number;
  /** By which a culprit divides its victims' speed. */
  effect: number;
  /** About how many runs of a victim have the culprit beside them. */
  exposedRuns: number;
  /** Culprits hurt through a database that all machines share, and only on other machines. */
  across: boolean;
  /** An innocent process starts with each culprit, every time. */
  twins: boolean;
};

export function multiplierWorld(options: MultiplierOptions): World {
  const { seed, days, machines, culprits } = options;
  const processes = makeFleet(Random.of(seed, "fleet"), {
    ...ordinaryFleet,
    processes: options.processes,
    machines,
    days,
  });
  const ordinary = processes.length;
  const companions: number[] = [];
  for (let k = 0; k < culprits; k++) {
    const random = Random.of(seed, "culprit", k);
    processes.push(makeCulprit(random, options, k, processes.slice(0, ordinary)));
    if (!options.twins) continue;
    companions.push(processes.length);
    processes.push(twinOf(processes.at(-1)!, processes.length - 1));
  }
  const sharedBy = options.across ? Array.from({ length: machines }, () => 0) : null;
  const plan = planRuns({ seed, days, machines, sharedBy, processes });
  const planted: Planted[] = [];
  for (let culprit = ordinary; culprit < processes.length; culprit++) {
    if (companions.includes(culprit)) continue;
    planted.push({
      culprit,
      victims: chooseVictims(plan, culprit, ordinary, options),
      factor: options.effect,
    });
  }
  const effects: Effect[] = planted.flatMap(({ culprit, victims }) =>
    victims.map((victim) => ({ culprit, victim, factor: options.effect })),
  );
  const play = (played: Plan) => playMultiplier(played, effects);
  return seen({ seed, plan, planted, companions, play, sharing: null }, usualObservation);
}

/**
 * A little before a job that runs every night, on some nights by chance or on certain days of the week; or at any time of
 * day, by chance or every so many hours.
 */
function makeCulprit(
  random: Random,
  options: MultiplierOptions,
  k: number,
  fleet: readonly PlannedProcess[],
): PlannedProcess {
  const schedule = culpritSchedule(random, options, k, fleet);
  return {
    name: `${random.pick(["full-backup", "rebuild-index", "export-all", "scrub"])}-${k}`,
    machine: k % options.machines,
    kind: schedule.kind === "any-time" ? "job" : "cron",
    schedule,
    medianSeconds: random.scaleBetween(1200, 3600),
    spread: random.between(0.05, 0.2),
    driftPerDay: 0,
    deploy: null,
    ownSlowShare: 0,
    volumeLoading: 0,
    sundayFactor: 1,
  };
}

function culpritSchedule(
  random: Random,
  { days, exposedRuns, machines, across }: MultiplierOptions,
  k: number,
  fleet: readonly PlannedProcess[],
): Schedule {
  if (exposedRuns < days * 0.7 && random.chance(0.6)) {
    const nightly = fleet.flatMap(({ machine, schedule }) =>
      (machine === k % machines) !== across && schedule.kind === "daily" ? [schedule.at] : [],
    );
    const before = random.pick([0.05, 0.2, 0.4]) * hour;
    const at = (random.pick(nightly) - before + day) % day;
    const aWeek = Math.round((7 * exposedRuns) / days);
    if (aWeek >= 1 && random.chance(0.5))
      return {
        kind: "weekly",
        at,
        delay: 600,
        weekdays: random.shuffled([0, 1, 2, 3, 4, 5, 6]).slice(0, aWeek),
      };
    return { kind: "daily", at, delay: 900, share: Math.min(1, (1.1 * exposedRuns) / days) };
  }
  const perDay = exposedRuns / hitShare / days;
  if (random.chance(0.5)) return { kind: "any-time", perDay };
  return { kind: "every", seconds: day / perDay, offset: random.between(0, day / perDay), delay: 900 };
}

/** How often a run of a culprit meets a run of an hourly job. */
const hitShare = 0.75;

function twinOf(culprit: PlannedProcess, number: number): PlannedProcess {
  return {
    ...culprit,
    name: `with-${culprit.name}`,
    schedule: { kind: "beside", process: number, delay: 10, alsoPerDay: 0 },
  };
}

/** Those which meet the culprit about as often as asked; the planned windows decide. */
function chooseVictims(plan: Plan, culprit: number, ordinary: number, options: MultiplierOptions): number[] {
  const meetings = exposures(plan, culprit);
  const candidates = Array.from({ length: ordinary }, (_, process) => ({
    process,
    often: meetings[process]! / options.exposedRuns,
  })).filter(
    ({ process, often }) =>
      often >= 0.8 &&
      often <= 2 &&
      canTouch(plan, culprit, process) &&
      (!options.across || plan.processes[process]!.machine !== plan.processes[culprit]!.machine),
  );
  // Some chance, so that it is not always the same habit that suffers.
  const random = Random.of(plan.seed, "victims", culprit);
  const chosen = random.shuffled(candidates).slice(0, options.victims);
  return chosen.map(({ process }) => process).toSorted((a, b) => a - b);
}

/** By process: how many runs share a fifth of their window or more with the culprit. */
export function exposures(plan: Plan, culprit: number): Float64Array {
  const { start, process, usual } = plan.runs;
  const windows: [number, number][] = [];
  for (let i = 0; i < start.length; i++)
    if (process[i] === culprit) windows.push([start[i]!, start[i]! + usual[i]!]);
  const counts = new Float64Array(plan.processes.length);
  let first = 0;
  for (let i = 0; i < start.length; i++) {
    const end = start[i]! + usual[i]!;
    while (first < windows.length && windows[first]![0] < start[i]! - day) first++;
    let covered = 0;
    for (let k = first; k < windows.length && windows[k]![0] < end; k++)
      covered += Math.max(0, Math.min(end, windows[k]![1]) - Math.max(start[i]!, windows[k]![0]));
    if (covered >= 0.2 * usual[i]!) counts[process[i]!]!++;
  }
  return counts;
}
