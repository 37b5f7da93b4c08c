/** What the system's counters say at one instant; two of these make a look. */
import { parseUptime } from "../boot.ts";
import type { Clock } from "../clock.ts";
import { parseCpuTimes, type CpuTimes } from "../collectors/cpu.ts";
import { wholeDisks, type DiskStatistics } from "../collectors/disk-io.ts";
import { parseLoad } from "../collectors/load.ts";
import { countLogins } from "../collectors/logged-in-users.ts";
import { memoryUse, parseMemoryInfo, type MemoryUse } from "../collectors/memory.ts";
import { outerInterfaces, parseNetworkInterfaces, type NetworkInterface } from "../collectors/network.ts";
import { parsePressure, pressureResources, type PressureResource } from "../collectors/pressure.ts";
import type { OsProcessTable } from "../os-processes/os-process-table.ts";
import { readText, readTextIfPresent } from "../read-text.ts";
import type { Roots } from "../roots.ts";

/** Each part is null where it could not be read: the others are told all the same. */
export type Snapshot = {
  monotonicSeconds: number;
  uptimeSeconds: number | null;
  cpu: Map<string, CpuTimes> | null;
  memory: MemoryUse | null;
  load: ReturnType<typeof parseLoad> | null;
  /** Microseconds stalled since the start; empty where the kernel does not measure it. */
  pressure: Map<PressureResource, ReturnType<typeof parsePressure>>;
  disks: DiskStatistics[] | null;
  network: NetworkInterface[] | null;
  logins: ReturnType<typeof countLogins>;
  osProcesses: OsProcessTimes | null;
};

/** Totals by pid; a pid that is used again has another start. */
export type OsProcessTimes = Map<number, OsProcessTotals>;
export type OsProcessTotals = { startTicks: number; ticks: number; readBytes: number; writeBytes: number };

/** Reads all at once; the table has its new look afterwards. */
export function takeSnapshot(roots: Roots, table: OsProcessTable, clock: Clock): Snapshot {
  const of = (name: string) => readText(`${roots.proc}/${name}`);
  const monotonicSeconds = clock.monotonicSeconds();
  return {
    monotonicSeconds,
    cpu: attempt(() => parseCpuTimes(of("stat"))),
    disks: attempt(() => wholeDisks(of("diskstats"), roots)),
    network: attempt(() => outerInterfaces(parseNetworkInterfaces(of("net/dev")))),
    pressure: readPressure(roots),
    osProcesses: attempt(() => {
      table.look({ at: clock.now(), monotonicSeconds });
      return timesOf(table);
    }),
    memory: attempt(() => memoryUse(parseMemoryInfo(of("meminfo")))),
    load: attempt(() => parseLoad(of("loadavg"))),
    uptimeSeconds: attempt(() => parseUptime(of("uptime"))),
    logins: attempt(() => countLogins(roots)),
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function readPressure({ proc }: Roots): Snapshot["pressure"] {
  const totals: Snapshot["pressure"] = new Map();
  for (const resource of pressureResources) {
    const text = attempt(() => readTextIfPresent(`${proc}/pressure/${resource}`));
    if (text) totals.set(resource, parsePressure(text));
  }
  return totals;
}

function timesOf({ byPid }: OsProcessTable): OsProcessTimes {
  const times: OsProcessTimes = new Map();
  for (const [pid, { startTicks, now }] of byPid)
    times.set(pid, { startTicks, ticks: now.ticks, readBytes: now.readBytes, writeBytes: now.writeBytes });
  return times;
}
