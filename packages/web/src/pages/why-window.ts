/** The stretch of time around a run that its page shows. Milliseconds since 1970. */
import type { Execution } from "@culprit/protocol";
import type { Run } from "../timeline/run.ts";
import { millis } from "../api/millis.ts";

export type Around = { start: number; end: number; from: number; to: number };

/** The run with half of its length on either side; at least 20 s, so that the machine has samples to show. */
export function around({ startedAt, endedAt, outcome }: Execution, now: number): Around {
  const start = millis(startedAt);
  const end =
    endedAt === undefined ? (outcome === "running" ? Math.max(now, start) : start) : millis(endedAt);
  const margin = Math.max(20_000, (end - start) / 2);
  return { start, end, from: start - margin, to: end + margin };
}

/** Lanes worth drawing beside a run: its own, and of each (machine, process) that ran at the same time. */
export function besides(runs: readonly Run[], own: Run, { start, end }: Around): Run[] {
  const lane = ({ machineId, processId }: Run) => `${machineId} ${processId}`;
  const meeting = new Set(runs.filter((run) => run.start < end && run.end > start).map(lane));
  meeting.add(lane(own));
  return runs.filter((run) => meeting.has(lane(run)));
}
