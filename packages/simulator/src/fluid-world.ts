/** Worlds in which processes crowd each other on CPUs, disks and a common database. */
import { makeFleet, ordinaryFleet } from "./fleet.ts";
import { playFluid, type Demand, type Sharing, type StepCurve } from "./fluid.ts";
import { planRuns, type Plan, type PlannedProcess } from "./plan.ts";
import { Random } from "./random.ts";
import { day, hour, origin } from "./schedule.ts";
import { seen, usualObservation, type Planted, type World } from "./world.ts";

export type FluidOptions = {
  seed: number;
  processes: number;
  /** The last one serves a database to all, if there are three or more. */
  machines: number;
  days: number;
  culprits: number;
  slowdown: Sharing["slowdown"];
  /** 1: what is usual; more asks for more of everything. */
  crowding: number;
  /** Of measured demands; null: nobody measures, neither runs nor machines. */
  demandError: number | null;
  /** By how much each machine tells wrong what waits for it. */
  queueBias: number;
  /** So little is asked for that nobody ever waits. */
  idle: boolean;
};

export function fluidWorld(options: FluidOptions): World {
  const { seed, machines, days, culprits } = options;
  const processes = makeFleet(Random.of(seed, "fleet"), {
    ...ordinaryFleet,
    processes: options.processes,
    machines,
    days,
  });
  const demands = processes.map((process, number) =>
    ordinaryDemands(Random.of(seed, "demand", number), process, options),
  );
  const planted: Planted[] = [];
  const companions: number[] = [];
  for (let k = 0; k < culprits; k++) {
    const random = Random.of(seed, "culprit", k);
    const culprit = processes.length;
    planted.push({ culprit, victims: [], factor: null });
    companions.push(culprit + 1);
    processes.push(makeCulprit(random, options, k));
    demands.push(heavyDemands(random, processes[culprit]!.machine, machines));
    processes.push(companionOf(random, processes[culprit]!, culprit));
    demands.push([{ resource: processes[culprit]!.machine * 2, demand: 0.004, share: 0 }]);
  }
  const sharedBy = machines >= 3 ? Array.from({ length: machines }, () => 0) : null;
  const plan = planRuns({ seed, days, machines, sharedBy, processes });
  let sharing: Sharing = { demands, slowdown: options.slowdown, ...unseen(seed, machines, days) };
  if (options.idle) sharing = untilIdle(plan, sharing);
  const play = (played: Plan) => playFluid(played, sharing);
  const ingredients = { seed, plan, planted: options.idle ? [] : planted, companions, play, sharing };
  return seen(ingredients, {
    ...usualObservation,
    demandError: options.demandError,
    queueBias: options.queueBias,
  });
}

/** Most ask for one resource of their own machine; some for a little of the other, and some for the database. */
function ordinaryDemands(
  random: Random,
  { machine, kind, medianSeconds }: PlannedProcess,
  { machines, crowding }: FluidOptions,
): Demand[] {
  const main = machine * 2 + (random.chance(0.5) ? 1 : 0);
  const other = main % 2 === 0 ? main + 1 : main - 1;
  const most = kind === "web" ? 0.1 : medianSeconds < 150 ? 0.35 : 0.6;
  const demands = [
    { resource: main, demand: random.scaleBetween(most / 6, most), share: random.between(0.5, 0.9) },
  ];
  if (random.chance(0.5))
    demands.push({ resource: other, demand: random.scaleBetween(0.01, 0.12), share: 0.1 });
  const database = machines - 1;
  if (machines >= 3 && machine !== database && random.chance(0.4))
    demands.push({ resource: database * 2 + 1, demand: random.scaleBetween(0.05, 0.3), share: 0.1 });
  return demands.map((each) => ({ ...each, demand: Math.min(mostDemand, each.demand * crowding) }));
}

/** Nobody crowds himself. */
const mostDemand = 0.9;

function heavyDemands(random: Random, machine: number, machines: number): Demand[] {
  const database = machines - 1;
  const remote = machines >= 3 && machine !== database && random.chance(0.4);
  const main = remote ? database * 2 + 1 : machine * 2 + (random.chance(0.5) ? 1 : 0);
  const demands = [{ resource: main, demand: random.between(0.6, 0.95), share: 0.8 }];
  if (remote) demands.push({ resource: machine * 2, demand: random.between(0.03, 0.1), share: 0.1 });
  return demands;
}

function makeCulprit(random: Random, { machines }: FluidOptions, k: number): PlannedProcess {
  const schedule: PlannedProcess["schedule"] = random.pick([
    { kind: "daily", at: random.between(1, 4) * hour, delay: 1800, share: random.between(0.4, 0.8) },
    { kind: "any-time", perDay: random.between(1, 3) },
    { kind: "every", seconds: random.between(5, 11) * hour, offset: random.between(0, 5) * hour, delay: 600 },
  ]);
  return {
    name: `${random.pick(["full-backup", "rebuild-index", "export-all", "scrub"])}-${k}`,
    machine: random.whole(0, machines - 1),
    kind: schedule.kind === "any-time" ? "job" : "cron",
    schedule,
    medianSeconds: random.scaleBetween(900, 3000),
    spread: random.between(0.05, 0.15),
    driftPerDay: 0,
    deploy: null,
    ownSlowShare: 0,
    volumeLoading: 0,
    sundayFactor: 1,
  };
}

/** Every second one has runs of its own besides. */
function companionOf(random: Random, culprit: PlannedProcess, number: number): PlannedProcess {
  return {
    ...culprit,
    name: `with-${culprit.name}`,
    schedule: { kind: "beside", process: number, delay: 20, alsoPerDay: random.chance(0.5) ? 3 : 0 },
  };
}

/** Load that no run explains, and what the host takes: a little always, bursts now and then. */
function unseen(seed: number, machines: number, days: number): Pick<Sharing, "unlogged" | "steal"> {
  const end = origin + days * day;
  const unlogged = Array.from({ length: machines * 2 }, (_, resource) => {
    const random = Random.of(seed, "unlogged", resource);
    return curve(random, end, {
      base: () => random.between(0.02, 0.1),
      bursts: 1.2,
      height: () => random.between(0.3, 0.7),
      seconds: () => random.between(300, 1800),
    });
  });
  const steal = Array.from({ length: machines }, (_, machine) => {
    const random = Random.of(seed, "steal", machine);
    return curve(random, end, {
      base: () => 0.003,
      bursts: 0.5,
      height: () => random.between(0.1, 0.5),
      seconds: () => random.between(600, 2400),
    });
  });
  return { unlogged, steal };
}

type Shape = { base: () => number; bursts: number; height: () => number; seconds: () => number };

/** `bursts` a day. */
function curve(random: Random, end: number, { base, bursts, height, seconds }: Shape): StepCurve {
  const at: number[] = [];
  const value: number[] = [];
  const add = (instant: number, level: number) => {
    at.push(instant);
    value.push(level);
  };
  let burst = origin + random.exponential(day / bursts);
  for (let now = origin; now < end; now += hour) {
    const level = base();
    if (at.length === 0 || now > at.at(-1)!) add(now, level);
    while (burst < now + hour) {
      const from = Math.max(burst, at.at(-1)! + 1);
      const to = from + seconds();
      add(from, level + height());
      add(to, level);
      burst = to + random.exponential(day / bursts);
    }
  }
  return { at, value };
}

/** Takes demands down until nobody costs anybody anything. */
function untilIdle(plan: Plan, sharing: Sharing): Sharing {
  for (let factor = 0.8; factor > 0.01; factor *= 0.8) {
    const less = {
      ...sharing,
      demands: sharing.demands.map((own) => own.map((each) => ({ ...each, demand: each.demand * factor }))),
      unlogged: sharing.unlogged.map(({ at, value }) => ({
        at,
        value: value.map((level) => level * factor),
      })),
      steal: sharing.steal.map(({ at, value }) => ({ at, value: value.map((level) => level * factor) })),
    };
    const { costs, unloggedSeconds, hostSeconds } = playFluid(plan, less);
    const lost = [costs.seconds, unloggedSeconds, hostSeconds].flatMap((seconds) => [...seconds]);
    if (lost.every((seconds) => seconds === 0)) return less;
  }
  throw new RangeError("a world that can't be idle");
}
