/** The family of a run: the runs that it is a part of, and those that are its parts. None of them is beside it. */
import type { ExecutionRow, ExecutionStore } from "../store/store.ts";

const mostMembers = 2000;
const mostGenerations = 10;

/** With the run itself. */
export async function familyOf(executions: ExecutionStore, run: ExecutionRow): Promise<ExecutionRow[]> {
  const members = new Map([[run.executionId, run]]);
  let youngest = [run];
  for (let generation = 0; generation < mostGenerations && members.size < mostMembers; generation++) {
    const parts = await Promise.all(
      youngest.map((row) => executions.children(row.machineId, row.executionId)),
    );
    youngest = parts.flat().filter((row) => !members.has(row.executionId));
    if (youngest.length === 0) break;
    for (const row of youngest) members.set(row.executionId, row);
  }
  let { parentId } = run;
  for (let generation = 0; generation < mostGenerations && parentId !== null; generation++) {
    const [parent]: ExecutionRow[] = members.has(parentId)
      ? []
      : await executions.byId(parentId, run.machineId);
    if (!parent) break;
    members.set(parent.executionId, parent);
    parentId = parent.parentId;
  }
  return [...members.values()];
}
