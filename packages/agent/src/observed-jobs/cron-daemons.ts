/** The daemons that start jobs, found among the OS processes of the machine. */
import type { OsProcess } from "../os-processes/os-process.ts";

const daemonNames = new Set(["cron", "crond", "anacron", "atd", "fcron"]);
/** Anybody may call a process cron: root, or `daemon` (1 or 2), as whom atd waits. Others, as www-data, serve the world. */
const lastDaemonUser = 2;

export function isDaemonName(name: string): boolean {
  return daemonNames.has(name);
}

/**
 * Those of them that no other one started: cron's own forks bear its name, too. `ownUser`: daemons of the agent's user
 * count, too.
 */
export function findDaemons(byPid: ReadonlyMap<number, OsProcess>, ownUser: number | null): OsProcess[] {
  const daemons: OsProcess[] = [];
  for (const process of byPid.values()) {
    if (!isDaemonName(process.name) || process.kernelThread) continue;
    if (process.owner > lastDaemonUser && process.owner !== ownUser) continue;
    if (byPid.get(process.parentPid)?.name !== process.name) daemons.push(process);
  }
  return daemons;
}
