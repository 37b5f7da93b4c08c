import type { CollectorFactory, Reading } from "../collector.ts";
import { counter, gauge } from "../readings.ts";

/** How many tasks are ready to run, and how long tasks waited for a core: the evidence of CPU contention without PSI. */
export const scheduler: CollectorFactory = ({ roots, settings, files }) => {
  let before: RunQueue | null = null;
  return {
    name: "scheduler",
    everySeconds: settings.hostSeconds,
    collect(moment) {
      const readings: Reading[] = [];
      const tasks = parseTasks(files.read(`${roots.proc}/stat`, moment));
      if (tasks.running !== null)
        // The agent itself runs while it reads.
        readings.push(gauge("system.linux.run_queue.length", "{task}", Math.max(0, tasks.running - 1)));
      if (tasks.blocked !== null) readings.push(gauge("system.linux.tasks.blocked", "{task}", tasks.blocked));
      if (tasks.switches !== null)
        readings.push(counter("system.linux.context_switches", "{switch}", tasks.switches));
      if (tasks.created !== null)
        readings.push(counter("system.linux.tasks.created", "{task}", tasks.created));
      const queue = parseRunQueue(files.readIfPresent(`${roots.proc}/schedstat`, moment) ?? "");
      if (queue) {
        readings.push(counter("system.linux.run_queue.wait", "s", queue.waitSeconds));
        const latency = before && meanWait(before, queue);
        if (latency !== null) readings.push(gauge("system.linux.run_queue.latency", "s", latency));
      }
      before = queue;
      return { readings };
    },
  };
};

type Tasks = Record<"running" | "blocked" | "switches" | "created", number | null>;

/**
 * Of /proc/stat: tasks that run or are ready to, that wait for a disk, switches between tasks, and processes and threads that
 * were started; null where it does not say.
 */
export function parseTasks(text: string): Tasks {
  const number = (name: string) => {
    const match = new RegExp(`^${name} (\\d+)$`, "m").exec(text);
    return match ? Number(match[1]) : null;
  };
  return {
    running: number("procs_running"),
    blocked: number("procs_blocked"),
    switches: number("ctxt"),
    created: number("processes"),
  };
}

/** Totals of all cores since the start: seconds waited on run queues, and turns given. */
export type RunQueue = { waitSeconds: number; turns: number };

/** The 8th and 9th number of the `cpu` lines of /proc/schedstat; null without any. */
export function parseRunQueue(text: string): RunQueue | null {
  let queue: RunQueue | null = null;
  for (const [, numbers] of text.matchAll(/^cpu\d+ (.+)$/gm)) {
    const [waited, turns] = numbers!.split(" ").slice(7, 9).map(Number);
    if (waited === undefined || turns === undefined || !Number.isFinite(waited + turns)) continue;
    queue ??= { waitSeconds: 0, turns: 0 };
    queue.waitSeconds += waited / 1e9;
    queue.turns += turns;
  }
  return queue;
}

/** Seconds that a task waited for its turn, on average between two looks; null if none got one. */
function meanWait(before: RunQueue, after: RunQueue): number | null {
  const turns = after.turns - before.turns;
  return turns > 0 ? Math.max(0, after.waitSeconds - before.waitSeconds) / turns : null;
}
