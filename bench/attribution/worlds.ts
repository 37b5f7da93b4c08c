/**
 * The worlds of the benchmark. Sizes are fixed here: ordinary processes, machines, days. A case is a family and a number;
 * its seed follows from both, and seeds for tuning never meet those for reporting.
 */
import {
  fluidWorld,
  multiplierWorld,
  nullFamilies,
  nullWorld,
  triggeredFamilies,
  type NullFamily,
  type World,
} from "../../packages/simulator/src/index.ts";

const size = { processes: 24, machines: 2, days: 90 };
const fluid = { processes: 30, days: 30, culprits: 3 };
const effects = [1.1, 1.25, 1.6, 3];
const exposures = [10, 30, 100];
const slowdowns = ["scarcest", "phases", "product"] as const;

const crowdings = [1, 1.8, 0.7];

export type Basis = "log" | "samples";

export type Family = {
  name: string;
  about: string;
  /** Worlds in the full run, and in the quick one. */
  worlds: number;
  quick: number;
  basis: Basis;
  kind: "planted" | "fluid" | "innocent" | "twins";
  make: (seed: number, index: number) => World;
};

/** What a planted world is made with: any dozen has each effect and exposure, any sixty each number of culprits too. */
const cellOf = (index: number) => {
  const dozen = Math.floor(index / 12);
  return {
    effect: effects[index % 4]!,
    exposedRuns: exposures[Math.floor(index / 4) % 3]!,
    culprits: 1 + ((index + dozen) % 5),
    victims: [2, 4, 1, 3][(index + dozen) % 4]!,
    across: (Math.floor(index / 4) + dozen) % 3 === 2,
  };
};

const shortCellOf = (index: number) => ({
  effect: effects[2 + (index % 2)]!,
  exposedRuns: exposures[Math.floor(index / 2) % 2]!,
  culprits: 1 + (index % 3),
  victims: [2, 4, 1, 3][Math.floor(index / 2) % 4]!,
  across: Math.floor(index / 4) % 3 === 2,
});

const shortDays = (index: number) => 10 + (index % 5);

const innocent = (family: NullFamily): Family => ({
  name: `innocent: ${family}`,
  about: `nobody is guilty (${family}), ${size.days} days`,
  worlds: 300,
  quick: 4,
  basis: "log",
  kind: "innocent",
  make: (seed, index) => nullWorld({ seed, family, ...size, shared: index % 3 === 2 }),
});

const sampled = (error: number, worlds: number, quick: number): Family => ({
  name: `crowded, demand error ${error * 100}%`,
  about: `resources are shared, runs and machines are measured, ${fluid.days} days`,
  worlds,
  quick,
  basis: "samples",
  kind: "fluid",
  make: (seed, index) => crowded(seed, index, error),
});

const crowded = (seed: number, index: number, demandError: number | null, queueBias = 0): World =>
  fluidWorld({
    seed,
    ...fluid,
    machines: 1 + (index % 3),
    slowdown: slowdowns[Math.floor(index / 3) % slowdowns.length]!,
    crowding: crowdings[(index + Math.floor(index / 9)) % crowdings.length]!,
    demandError,
    queueBias,
    idle: false,
  });

export const families: readonly Family[] = [
  {
    name: "planted",
    about: `culprits divide their victims' speed by 1.1 to 3, ${size.days} days`,
    worlds: 180,
    quick: 12,
    basis: "log",
    kind: "planted",
    make: (seed, index) => multiplierWorld({ seed, ...size, ...cellOf(index), twins: false }),
  },
  {
    name: "planted, short",
    about: "the same in 10 to 14 days, 1.6 and 3",
    worlds: 60,
    quick: 4,
    basis: "log",
    kind: "planted",
    make: (seed, index) =>
      multiplierWorld({ seed, ...size, ...shortCellOf(index), days: shortDays(index), twins: false }),
  },
  {
    name: "twins",
    about: "an innocent process starts with each culprit, every time",
    worlds: 40,
    quick: 2,
    basis: "log",
    kind: "twins",
    make: (seed, index) =>
      multiplierWorld({ seed, ...size, ...cellOf(index * 4 + 3), exposedRuns: 30, twins: true }),
  },
  {
    name: "crowded, log alone",
    about: `resources are shared, nothing is measured, ${fluid.days} days`,
    worlds: 60,
    quick: 3,
    basis: "log",
    kind: "fluid",
    make: (seed, index) => crowded(seed, index, null),
  },
  sampled(0.1, 60, 3),
  sampled(0.03, 18, 0),
  sampled(0.2, 18, 0),
  {
    name: "crowded, queues misread",
    about: "demand error 10%, and each machine tells what waits for it wrong by 20%",
    worlds: 18,
    quick: 0,
    basis: "samples",
    kind: "fluid",
    make: (seed, index) => crowded(seed, index, 0.1, 0.2),
  },
  ...nullFamilies.map(innocent),
  {
    name: "innocent: short",
    about: "nobody is guilty, each kind in turn, 10 to 14 days",
    worlds: 300,
    quick: 6,
    basis: "log",
    kind: "innocent",
    make: (seed, index) =>
      nullWorld({
        seed,
        family: nullFamilies[index % nullFamilies.length]!,
        ...size,
        days: shortDays(Math.floor(index / nullFamilies.length)),
        shared: index % 3 === 2,
      }),
  },
  {
    name: "innocent: idle, sampled",
    about: `everything is measured and nobody ever has to wait, ${fluid.days} days`,
    worlds: 300,
    quick: 2,
    basis: "samples",
    kind: "innocent",
    make: (seed, index) =>
      fluidWorld({
        seed,
        ...fluid,
        machines: 1 + (index % 3),
        slowdown: "scarcest",
        crowding: 1,
        demandError: 0.1,
        queueBias: 0,
        idle: true,
      }),
  },
  ...triggeredFamilies.map(innocent),
];

export type Case = { family: string; index: number; tuning: boolean };

export function familyOf({ family }: Case): Family {
  const found = families.find(({ name }) => name === family);
  if (!found) throw new RangeError(`there is no family ${family}`);
  return found;
}

export function makeWorld(one: Case): World {
  const seed = (one.tuning ? 1_000_000 : 50_000_000) + families.indexOf(familyOf(one)) * 100_000 + one.index;
  return familyOf(one).make(seed, one.index);
}
