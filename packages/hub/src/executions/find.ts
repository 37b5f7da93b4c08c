/** One execution by the id its caller gave it: unique on a machine, so two machines may have used the same. */
import { ProblemError } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { ExecutionRow } from "../store/store.ts";

export async function findExecution(
  { store, fleet }: Pick<Hub, "store" | "fleet">,
  executionId: string,
  machine?: string,
): Promise<ExecutionRow> {
  const machineId = machine === undefined ? undefined : fleet.machine(machine).machineId;
  const [first, ...others] = await store.executions.byId(executionId, machineId);
  if (!first) throw new ProblemError("not-found", `there is no execution ${executionId}`);
  if (others.length === 0) return first;
  const names = [first, ...others].map((row) => fleet.name(row.machineId));
  throw new ProblemError(
    "ambiguous",
    `execution ${executionId} ran on ${names.join(", ")}: add ?machine= with one of these`,
  );
}
