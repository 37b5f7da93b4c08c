/** Executions counted by lane and part of a window, however many there are: what a far view draws. */
import { formatInstant, microsPerSecond, type ExecutionDensity } from "@culprit/protocol";
import { z } from "zod";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { DensityRow } from "../store/store.ts";
import { executionsQuery, filterOf } from "./list.ts";

export const densityQuery = executionsQuery
  .omit({ limit: true, cursor: true, overlapping: true, overlappingMachine: true })
  .extend({
    parts: z.coerce.number().int().min(1).max(1000).default(256).meta({
      description: "into how many equal parts the window is divided; fewer where there are very many lanes",
    }),
  });

/** Counts in one answer at the most. */
const mostCounts = 60_000;

export async function densityOf(hub: Hub, query: z.infer<typeof densityQuery>): Promise<ExecutionDensity> {
  const { parts: wished, ...rest } = query;
  const filter = await filterOf(hub, rest, null);
  const length = filter.to - filter.from;
  let parts = wished;
  let rows: DensityRow[];
  let part: number;
  do {
    part = Math.ceil(length / parts);
    rows = await hub.store.executions.density(filter, part, mostCounts + 1);
    parts = Math.floor(parts / 4);
  } while (rows.length > mostCounts && parts > 0);
  return {
    window: { from: formatInstant(filter.from), to: formatInstant(filter.to) },
    partSeconds: part / microsPerSecond,
    total: rows.reduce((sum, { runs }) => sum + runs, 0),
    lanes: await lanesOf(hub, rows.slice(0, mostCounts)),
  };
}

type Lane = ExecutionDensity["lanes"][number];

async function lanesOf({ catalogue, fleet }: Hub, rows: readonly DensityRow[]): Promise<Lane[]> {
  const processes = await catalogue.processes.namesOf(new Set(rows.map(({ processId }) => processId)));
  const steps = await catalogue.steps.namesOf(
    new Set(rows.map(({ stepId }) => stepId).filter((id) => id !== 0)),
  );
  const lanes = new Map<string, Lane>();
  for (const { machineId, processId, stepId, part, runs, failed, busyMicros } of rows.toSorted(
    (a, b) => a.part - b.part,
  )) {
    const key = `${machineId} ${processId} ${stepId}`;
    let lane = lanes.get(key);
    if (!lane) {
      const step = steps.get(stepId);
      lane = {
        machine: fleet.name(machineId),
        machineId: publicId("m", machineId),
        process: processes.get(processId)!,
        processId: publicId("p", processId),
        ...(step === undefined ? {} : { step }),
        parts: [],
        runs: [],
        failed: [],
        busySeconds: [],
      };
      lanes.set(key, lane);
    }
    // A run that still goes on comes from another table and may have a count of its own for the same part.
    const last = lane.parts.length - 1;
    if (lane.parts[last] === part) {
      lane.runs[last]! += runs;
      lane.failed[last]! += failed;
      lane.busySeconds[last]! += busyMicros / microsPerSecond;
    } else {
      lane.parts.push(part);
      lane.runs.push(runs);
      lane.failed.push(failed);
      lane.busySeconds.push(busyMicros / microsPerSecond);
    }
  }
  return [...lanes.values()];
}
