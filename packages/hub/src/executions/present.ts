import { formatInstant, microsPerSecond, type Execution } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { ExecutionRow } from "../store/store.ts";

/** Rows of the store as answers show them. */
export async function presentExecutions(
  { catalogue, fleet }: Pick<Hub, "catalogue" | "fleet">,
  rows: readonly ExecutionRow[],
): Promise<Execution[]> {
  const processes = await catalogue.processes.namesOf(new Set(rows.map((row) => row.processId)));
  const steps = await catalogue.steps.namesOf(
    new Set(rows.filter((row) => row.stepId !== 0).map((row) => row.stepId)),
  );
  return rows.map((row) => {
    const { startedAt, endedAt } = row;
    const known = endedAt !== null && !row.flags.includes("duration-unknown");
    const step = steps.get(row.stepId);
    return {
      id: row.executionId,
      machine: fleet.name(row.machineId),
      machineId: publicId("m", row.machineId),
      process: processes.get(row.processId)!,
      processId: publicId("p", row.processId),
      ...(step === undefined ? {} : { step }),
      ...present("parentId", row.parentId),
      kind: row.kind,
      startedAt: formatInstant(startedAt),
      ...(endedAt === null ? {} : { endedAt: formatInstant(endedAt) }),
      ...(known ? { durationSeconds: (endedAt - startedAt) / microsPerSecond } : {}),
      outcome: row.outcome,
      ...present("exitCode", row.exitCode),
      ...present("pid", row.pid),
      ...present("attributes", row.attributes ?? null),
      flags: row.flags,
      ...present("cpuSeconds", row.cpuSeconds),
      ...present("maxRssBytes", row.maxRssBytes),
      ...present("ioReadBytes", row.ioReadBytes),
      ...present("ioWriteBytes", row.ioWriteBytes),
      ...present("peakCpuCores", row.peakCpuCores),
      ...present("peakIoBytesPerSecond", row.peakIoBytesPerSecond),
      ...present("runQueueSeconds", row.runQueueSeconds),
    };
  });
}

/** One of them, with the end of what it wrote where that was told. */
export async function presentExecution(
  hub: Pick<Hub, "catalogue" | "fleet" | "store">,
  row: ExecutionRow,
): Promise<Execution> {
  const [[execution], output] = await Promise.all([
    presentExecutions(hub, [row]),
    hub.store.executions.output(row.machineId, row.executionId),
  ]);
  return { ...execution!, ...present("output", output) };
}

function present<K extends string, T>(key: K, value: T | null): { [P in K]?: T } {
  return value === null ? {} : ({ [key]: value } as { [P in K]?: T });
}
