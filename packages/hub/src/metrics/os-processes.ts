/** OS processes as the API shows them: a machine's table at an instant, or the history of one. */
import { formatInstant, microsPerSecond, ProblemError, type Micros, type OsProcess } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { OsProcessRow } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";

/** Every process is looked at once a minute: one not seen for longer has ended. */
const seenWithin = 75 * microsPerSecond;
const longestHistoryDays = 7;

/** The busiest first. */
export async function processTable(hub: Hub, machineId: number, at: Micros): Promise<OsProcess[]> {
  const rows = await hub.store.osProcesses.at(machineId, at - seenWithin, at);
  return rows.toSorted((a, b) => b.cpuPercent - a.cpuPercent || b.rssBytes - a.rssBytes).map(present);
}

/** The oldest first. */
export async function processHistory(
  hub: Hub,
  machineId: number,
  uid: string,
  { from, to }: MicrosWindow,
): Promise<OsProcess[]> {
  if (to - from > longestHistoryDays * 86_400 * microsPerSecond) {
    throw new ProblemError("limit-exceeded", `ask for at most ${longestHistoryDays} days of an OS process`, {
      limit: longestHistoryDays,
    });
  }
  const rows = await hub.store.osProcesses.history(machineId, uid, from, to);
  return rows.toSorted((a, b) => a.at - b.at).map(present);
}

function present(row: OsProcessRow): OsProcess {
  return { ...row, at: formatInstant(row.at), startedAt: formatInstant(row.startedAt) };
}
