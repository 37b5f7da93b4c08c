import type { CollectorFactory, Reading } from "../collector.ts";
import { readText, readTextIfPresent } from "../read-text.ts";

/** How many tasks are ready to run, and how long tasks waited for a core: the evidence of CPU contention without PSI. */
export const scheduler: CollectorFactory = ({ roots, settings }) => ({
  name: "scheduler",
  everySeconds: settings.hostSeconds,
  collect() {
    const readings: Reading[] = [];
    const running = parseRunning(readText(`${roots.proc}/stat`));
    if (running !== null)
      readings.push({
        metric: "system.linux.run_queue.length",
        attributes: {},
        unit: "{task}",
        type: "gauge",
        // The agent itself runs while it reads.
        value: Math.max(0, running - 1),
      });
    const waitSeconds = parseRunQueueWait(readTextIfPresent(`${roots.proc}/schedstat`) ?? "");
    if (waitSeconds !== null)
      readings.push({
        metric: "system.linux.run_queue.wait",
        attributes: {},
        unit: "s",
        type: "counter",
        value: waitSeconds,
      });
    return { readings };
  },
});

/** Tasks that run or are ready to, of /proc/stat; null where it does not say. */
export function parseRunning(text: string): number | null {
  const match = /^procs_running (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}

/** Seconds waited on all cores' run queues since the start: the 8th number of the `cpu` lines; null without any. */
export function parseRunQueueWait(text: string): number | null {
  let seconds: number | null = null;
  for (const [, numbers] of text.matchAll(/^cpu\d+ (.+)$/gm)) {
    const nanoseconds = Number(numbers!.split(" ")[7]);
    if (Number.isFinite(nanoseconds)) seconds = (seconds ?? 0) + nanoseconds / 1e9;
  }
  return seconds;
}
