/** Finds the ids of the few runs that events name: what is swept are columns without them. */
import type { ExecutionRow, ExecutionStore } from "../store/store.ts";
import type { Run } from "./run.ts";

type Placed = { machineId: number; processId: number; run: Run };

const instantsPerQuestion = 1000;

/** Fills in `executionId`; a run that is gone meanwhile keeps none. */
export async function nameRuns(executions: ExecutionStore, all: readonly Placed[]): Promise<void> {
  const nameless = all.filter(({ run }) => run.executionId === null);
  const keyOf = (
    { machineId, processId }: { machineId: number; processId: number },
    { startedAt, endedAt, outcome, kind }: Pick<ExecutionRow, "startedAt" | "endedAt" | "outcome" | "kind">,
  ): string => `${machineId} ${processId} ${startedAt} ${endedAt} ${outcome} ${kind}`;
  for (let at = 0; at < nameless.length; at += instantsPerQuestion) {
    const some = nameless.slice(at, at + instantsPerQuestion);
    const rows = await executions.startedAt(
      some.map(({ run }) => run.startedAt),
      [...new Set(some.map(({ machineId }) => machineId))],
      [...new Set(some.map(({ processId }) => processId))],
    );
    const ids = new Map<string, string[]>();
    for (const row of rows) {
      if (row.stepId !== 0 || row.endedAt === null) continue;
      const key = keyOf(row, row);
      ids.set(key, [...(ids.get(key) ?? []), row.executionId].toSorted());
    }
    // A run that is asked for twice has its name by then; different runs of the same instants get different ids.
    for (const { run, ...place } of some) run.executionId ??= ids.get(keyOf(place, run))?.shift() ?? null;
  }
}
