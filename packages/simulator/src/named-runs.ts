/** The runs of a world as a recorder would tell them: names, and instants in whole microseconds since 1970. */
import { day } from "./schedule.ts";
import type { World } from "./world.ts";

export type NamedRun = {
  process: string;
  machine: string;
  kind: "cron" | "web" | "job";
  startedAt: number;
  /** Null where the end is missing. */
  endedAt: number | null;
};

/** In order of start, all `shiftDays` later: whole days keep what runs by night there. */
export function* runsOf(world: World, shiftDays = 0): Generator<NamedRun> {
  const { start, end, process, timed } = world.observed;
  const micros = (seconds: number) => Math.round((seconds + shiftDays * day) * 1e6);
  for (let i = 0; i < start.length; i++) {
    const { name, machine, kind } = world.plan.processes[process[i]!]!;
    yield {
      process: name,
      machine: machineName(world, machine),
      kind,
      startedAt: micros(start[i]!),
      endedAt: timed[i] === 1 ? micros(end[i]!) : null,
    };
  }
}

/** Of three or more the last one has the database. */
function machineName({ plan }: World, machine: number): string {
  return plan.machines >= 3 && machine === plan.machines - 1 ? "db-1" : `app-${machine + 1}`;
}
