/**
 * A world in which a process of each machine is started because others are late already: it looks at what runs once a
 * minute, and gathers evidence when a run has taken much longer than usual. What makes them late is something that no log
 * tells of, which divides the speed of all that runs on the machine for an hour or more; the watchdog costs nothing.
 */
import { makeFleet, makeProcess, ordinaryFleet } from "./fleet.ts";
import { playMultiplier, type Effect } from "./multiplier.ts";
import type { NullOptions } from "./null-world.ts";
import type { Observed } from "./observed.ts";
import { planRuns, type Plan, type PlannedProcess } from "./plan.ts";
import type { Played } from "./played.ts";
import { Random } from "./random.ts";
import { seen, usualObservation, type World } from "./world.ts";

const look = 60;

export function watchdogWorld({ seed, processes, machines, days, shared }: NullOptions): World {
  const random = Random.of(seed, "watchdogs");
  const shape = { ...ordinaryFleet, processes, machines, days };
  const fleet = makeFleet(Random.of(seed, "fleet"), shape);
  const sharedBy = shared ? Array.from({ length: machines }, () => 0) : null;
  const effects: Effect[] = [];
  for (let machine = 0; machine < machines; machine++) {
    const factor = random.between(1.5, 3);
    for (const [victim, one] of fleet.entries())
      if (one.machine === machine && victim < processes)
        effects.push({ culprit: fleet.length, victim, factor });
    fleet.push({
      ...makeProcess(random, shape, "any-time", machine, fleet.length),
      name: `unseen-${fleet.length}`,
      schedule: { kind: "any-time", perDay: random.between(0.15, 0.6) },
      medianSeconds: random.scaleBetween(2400, 9000),
    });
  }
  const play = (plan: Plan) => playMultiplier(plan, effects);
  const before = play(planRuns({ seed, days, machines, sharedBy, processes: fleet }));
  const watchdogs = Array.from({ length: machines }, (_, machine): PlannedProcess => {
    const medianSeconds = random.scaleBetween(120, 1800);
    const patience = random.between(1.3, 2);
    return {
      ...makeProcess(random, shape, "any-time", machine, fleet.length + machine),
      name: `watchdog-${machine}`,
      schedule: { kind: "told", starts: lateness(before, machine, patience, 2 * medianSeconds) },
      medianSeconds,
    };
  });
  const plan = planRuns({ seed, days, machines, sharedBy, processes: [...fleet, ...watchdogs] });
  const world = seen({ seed, plan, planted: [], companions: [], play, sharing: null }, usualObservation);
  return { ...world, observed: withoutUnseen(world.observed, (process) => isUnseen(fleet[process])) };
}

const isUnseen = (process: PlannedProcess | undefined) => process?.name.startsWith("unseen-") ?? false;

/** When a look finds a run that takes more than `patience` times what it should, and the last find is `apart` seconds ago. */
function lateness({ plan, end }: Played, machine: number, patience: number, apart: number): number[] {
  const { start, usual, process } = plan.runs;
  const late = Array.from(start, (at, run) => ({ from: at + patience * usual[run]!, to: end[run]!, run }))
    .filter(({ from, to, run }) => {
      const one = plan.processes[process[run]!]!;
      return to > from && one.machine === machine && !isUnseen(one);
    })
    .toSorted((a, b) => a.from - b.from);
  const starts: number[] = [];
  for (const { from, to } of late) {
    const at = Math.ceil(Math.max(from, (starts.at(-1) ?? -Infinity) + apart) / look) * look;
    if (at < to) starts.push(at);
  }
  return starts;
}

function withoutUnseen(observed: Observed, isHidden: (process: number) => boolean): Observed {
  const rows = [...observed.process.keys()].filter((row) => !isHidden(observed.process[row]!));
  return {
    ...observed,
    start: Float64Array.from(rows, (row) => observed.start[row]!),
    end: Float64Array.from(rows, (row) => observed.end[row]!),
    process: Int32Array.from(rows, (row) => observed.process[row]!),
    timed: Uint8Array.from(rows, (row) => observed.timed[row]!),
    run: Int32Array.from(rows, (row) => observed.run[row]!),
  };
}
