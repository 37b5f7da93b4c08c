/** Very many runs as the timeline draws them: one bar for all that start in the same part of a lane. */
import type { ExecutionDensity } from "@culprit/protocol";
import { millis } from "../api/millis.ts";
import type { Run } from "./run.ts";

/** Past so many, runs are counted instead of fetched. */
export const mostRuns = 10_000;

export function toGroups({ window, partSeconds, lanes }: ExecutionDensity): Run[] {
  const origin = millis(window.from);
  const part = partSeconds * 1000;
  return lanes.flatMap(
    ({ machine, machineId, process, processId, step, parts, runs, failed, busySeconds }) => {
      const most = runs.reduce((a, b) => Math.max(a, b), 1);
      return parts.map((number, at): Run => {
        const start = origin + number * part;
        return {
          key: `${machineId} ${processId} ${step ?? ""} ${start} ${part}`,
          id: "",
          machine,
          machineId,
          process,
          processId,
          step,
          start,
          end: start + part,
          outcome: "ok",
          flags: [],
          normalEnd: undefined,
          deviation: undefined,
          group: {
            runs: runs[at]!,
            failed: failed[at]!,
            busySeconds: busySeconds[at]!,
            share: runs[at]! / most,
          },
        };
      });
    },
  );
}

/** Runs that a bar stands for. */
export function runsIn({ group }: Run): number {
  return group?.runs ?? 1;
}
