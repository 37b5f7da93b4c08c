/** Runs whose end never came are lost, as of their limit: when they really ended nobody knows. */
import { formatInstant, microsPerSecond, type ExecutionInput } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { idPrefix } from "./run-ids.ts";

const mostAtOnce = 1000;

/** For a chore. One hub does it for all. A machine whose runs can't be written now does not hold the others up. */
export async function loseOverdue(hub: Hub): Promise<void> {
  const usual = hub.settings.checkins.lostAfterHours * 3600 * microsPerSecond;
  await hub.store.exclusively("check-ins", async () => {
    const overdue = await hub.store.checkins.overdue(hub.clock.now(), idPrefix, usual, mostAtOnce);
    const byMachine = new Map<number, { value: ExecutionInput }[]>();
    for (const { row, limit } of overdue) {
      const lost: ExecutionInput = {
        id: row.executionId,
        kind: row.kind,
        process: (await hub.catalogue.processes.name(row.processId)) ?? "unnamed",
        startedAt: formatInstant(row.startedAt),
        endedAt: formatInstant(row.startedAt + limit),
        outcome: "lost",
        flags: ["duration-unknown"],
      };
      const same = byMachine.get(row.machineId);
      if (same) same.push({ value: lost });
      else byMachine.set(row.machineId, [{ value: lost }]);
    }
    for (const [machineId, lost] of byMachine)
      await hub.direct
        .record(lost, machineId)
        .catch((error: unknown) =>
          hub.log.error({ err: error, machineId }, "lost check-ins were not written"),
        );
  });
}
