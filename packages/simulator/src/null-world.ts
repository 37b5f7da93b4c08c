/** Worlds in which nobody makes anybody slow. */
import { makeFleet, makeProcess, type FleetShape } from "./fleet.ts";
import { playMultiplier } from "./multiplier.ts";
import { planRuns, type Plan, type PlannedProcess } from "./plan.ts";
import { Random } from "./random.ts";
import { hour } from "./schedule.ts";
import { watchdogWorld } from "./watchdog-world.ts";
import { seen, usualObservation, type World } from "./world.ts";

export const nullFamilies = [
  "independent",
  "night-volume",
  "drift",
  "own-slow",
  "sundays",
  "scheduled-on-load",
] as const;
/** Worlds whose innocents are there because others are slow. */
export const triggeredFamilies = ["own-volume", "watchdog"] as const;
export type NullFamily = (typeof nullFamilies)[number] | (typeof triggeredFamilies)[number];

export type NullOptions = {
  seed: number;
  family: NullFamily;
  processes: number;
  machines: number;
  days: number;
  shared: boolean;
};

/**
 * `sundays`: half of the nightly jobs have more work on Sundays, when others run that don't on other days. `night-volume`: all jobs of a night have more work on some nights, by up to half. `scheduled-on-load`: the same, and some
 * jobs run only on the heavier nights. `own-volume`: so they do, but only two jobs of each machine have more work then.
 * `watchdog`: see `watchdog-world.ts`.
 */
export function nullWorld(options: NullOptions): World {
  const { seed, family, processes, machines, days, shared } = options;
  if (family === "watchdog") return watchdogWorld(options);
  const volume = family === "night-volume" || family === "scheduled-on-load" ? 0.2 : 0;
  const shape: FleetShape = {
    processes,
    machines,
    days,
    ownSlowShare: family === "own-slow" ? 0.03 : 0,
    drifting: family === "drift",
    sundays: family === "sundays",
    volume,
  };
  const random = Random.of(seed, "fleet");
  const fleet = makeFleet(random, shape);
  if (family === "scheduled-on-load") {
    for (let machine = 0; machine < machines; machine++) {
      fleet.push({
        ...makeProcess(random, shape, "nightly", machine, fleet.length),
        name: `overflow-${fleet.length}`,
        schedule: {
          kind: "heavy-days",
          at: random.between(2, 3) * hour,
          delay: 300,
          volume: random.between(-0.2, 1),
        },
        medianSeconds: random.scaleBetween(900, 3600),
      });
    }
  }
  if (family === "own-volume") fleet.push(...overflows(random, shape, fleet));
  const sharedBy = shared ? Array.from({ length: machines }, () => 0) : null;
  const plan = planRuns({ seed, days, machines, sharedBy, processes: fleet });
  const play = (played: Plan) => playMultiplier(played, []);
  return seen({ seed, plan, planted: [], companions: [], play, sharing: null }, usualObservation);
}

/** On each machine two jobs that start together get volumes of their own, and a job more comes when these are large. */
function overflows(random: Random, shape: FleetShape, fleet: PlannedProcess[]): PlannedProcess[] {
  return Array.from({ length: shape.machines }, (_, machine) => {
    const at = random.between(0, 4) * hour;
    const there = fleet.flatMap((one, i) =>
      one.machine === machine && one.schedule.kind === "daily" ? [i] : [],
    );
    for (const i of random.shuffled(there).slice(0, 2))
      fleet[i] = {
        ...fleet[i]!,
        schedule: { kind: "daily", at, delay: 30, share: 1 },
        volumeLoading: random.between(0.15, 0.5),
      };
    return {
      ...makeProcess(random, shape, "nightly", machine, fleet.length + machine),
      name: `overflow-${fleet.length + machine}`,
      schedule: { kind: "heavy-days", at, delay: 120, volume: random.between(-0.2, 1) },
      medianSeconds: random.scaleBetween(900, 3600),
    };
  });
}
