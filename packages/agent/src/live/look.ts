/** Two snapshots as rates and shares over the time between them. */
import { cleanName, liveMost, type LiveLook, type LiveOsProcess } from "@culprit/protocol";
import { allCores, cpuShares, type CpuTimes } from "../collectors/cpu.ts";
import type { FileSystem } from "../file-systems.ts";
import type { OsProcess } from "../os-processes/os-process.ts";
import type { OsProcessTable } from "../os-processes/os-process-table.ts";
import type { OsProcessTotals, Snapshot } from "./snapshot.ts";

type Read = { table: OsProcessTable; fileSystems: readonly FileSystem[] | null };

/** `table` has been looked at for `after`. */
export function lookOf(before: Snapshot, after: Snapshot, { table, fileSystems }: Read): LiveLook {
  const spanSeconds = after.monotonicSeconds - before.monotonicSeconds;
  const rate = (earlier: number, later: number) => Math.max(0, later - earlier) / spanSeconds;
  return {
    spanSeconds,
    uptimeSeconds: after.uptimeSeconds,
    cpu: before.cpu && after.cpu && cpuOf(before.cpu, after.cpu),
    memory: after.memory && memoryOf(after.memory),
    load: after.load && {
      oneMinute: after.load["1m"],
      fiveMinutes: after.load["5m"],
      fifteenMinutes: after.load["15m"],
    },
    pressure: pressureOf(before, after, spanSeconds),
    disks: pairs(
      before.disks,
      after.disks,
      ({ device }) => device,
      liveMost.disks,
      (earlier, later) => ({
        name: cleanName(later.device).name,
        busyShare: Math.min(1, rate(earlier.ioSeconds, later.ioSeconds)),
        readBytesPerSecond: rate(earlier.readBytes, later.readBytes),
        writeBytesPerSecond: rate(earlier.writeBytes, later.writeBytes),
        operationsPerSecond:
          rate(earlier.readOperations, later.readOperations) +
          rate(earlier.writeOperations, later.writeOperations),
      }),
    ),
    network: pairs(
      before.network,
      after.network,
      ({ name }) => name,
      liveMost.interfaces,
      (earlier, later) => ({
        name: cleanName(later.name).name,
        receiveBytesPerSecond: rate(earlier.receive.bytes, later.receive.bytes),
        transmitBytesPerSecond: rate(earlier.transmit.bytes, later.transmit.bytes),
      }),
    ),
    fileSystems:
      fileSystems?.slice(0, liveMost.fileSystems).map((one) => ({
        mountPoint: cleanName(one.mountPoint).name,
        device: cleanName(one.device).name,
        usedBytes: one.usedBytes,
        freeBytes: one.freeBytes,
      })) ?? null,
    logins: after.logins,
    osProcesses: osProcessesOf(before, after, table, rate),
  };
}

function cpuOf(before: Map<string, CpuTimes>, after: Map<string, CpuTimes>): LiveLook["cpu"] {
  const sharesOf = (core: string) => {
    const [earlier, later] = [before.get(core), after.get(core)];
    return earlier && later ? cpuShares(earlier, later) : null;
  };
  const modeShares = sharesOf(allCores);
  if (!modeShares) return null;
  const cores = [...after.keys()].filter((core) => core !== allCores).slice(0, liveMost.cores);
  return {
    busyShare: busy(modeShares),
    modeShares,
    // One on which no clock tick fell was idle: its counters stand still.
    coreBusyShares: cores.map((core) => busy(sharesOf(core) ?? { idle: 1, iowait: 0 })),
  };
}

const busy = ({ idle, iowait }: Pick<CpuTimes, "idle" | "iowait">) =>
  Math.min(1, Math.max(0, 1 - idle - iowait));

function memoryOf(use: NonNullable<Snapshot["memory"]>): LiveLook["memory"] {
  return {
    totalBytes: use.total,
    usedBytes: use.used,
    availableBytes: use.available,
    cachedBytes: use.cached,
    buffersBytes: use.buffers,
    swapTotalBytes: use.swapTotal,
    swapUsedBytes: Math.max(0, use.swapTotal - use.swapFree),
  };
}

function pressureOf(before: Snapshot, after: Snapshot, spanSeconds: number): LiveLook["pressure"] {
  const stalls: NonNullable<LiveLook["pressure"]> = {};
  for (const [resource, totals] of after.pressure) {
    const earlier = before.pressure.get(resource);
    const shareOf = (stall: "some" | "full") => {
      const [from, to] = [earlier?.get(stall), totals.get(stall)];
      if (from === undefined || to === undefined) return undefined;
      return Math.min(1, Math.max(0, (to - from) / 1e6 / spanSeconds));
    };
    const [someShare, fullShare] = [shareOf("some"), shareOf("full")];
    if (someShare !== undefined)
      stalls[resource] = { someShare, ...(fullShare === undefined ? {} : { fullShare }) };
  }
  return Object.keys(stalls).length === 0 ? null : stalls;
}

/** What is in both, by its key: what has just come has no rate yet. */
function pairs<Item, Row>(
  before: readonly Item[] | null,
  after: readonly Item[] | null,
  keyOf: (item: Item) => string,
  most: number,
  row: (earlier: Item, later: Item) => Row,
): Row[] | null {
  if (!before || !after) return null;
  const earlier = new Map(before.map((item) => [keyOf(item), item]));
  const rows = after.flatMap((item) => {
    const match = earlier.get(keyOf(item));
    return match ? [row(match, item)] : [];
  });
  return rows.slice(0, most);
}

type Rate = (earlier: number, later: number) => number;
type Moved = { process: OsProcess; earlier: OsProcessTotals; ticks: number };

const nothing: OsProcessTotals = { startTicks: -1, ticks: 0, readBytes: 0, writeBytes: 0 };

/** The busiest by CPU, then those that hold most memory. */
function osProcessesOf(before: Snapshot, after: Snapshot, table: OsProcessTable, rate: Rate) {
  if (!before.osProcesses || !after.osProcesses) return null;
  const all: Moved[] = [];
  for (const process of table.byPid.values()) {
    const known = before.osProcesses.get(process.pid);
    // One that was not there before has done all that it did since.
    const earlier = known?.startTicks === process.startTicks ? known : nothing;
    all.push({ process, earlier, ticks: Math.max(0, process.now.ticks - earlier.ticks) });
  }
  const half = liveMost.osProcesses / 2;
  const byCpu = all.toSorted((one, other) => other.ticks - one.ticks || memoryOrder(one, other));
  const top = new Set(byCpu.filter(({ ticks }) => ticks > 0).slice(0, half));
  for (const one of all.toSorted(memoryOrder)) if (top.size < liveMost.osProcesses) top.add(one);
  return {
    count: all.length,
    top: byCpu.filter((one) => top.has(one)).map((one) => rowOf(one, table, rate)),
  };
}

const memoryOrder = (one: Moved, other: Moved) => other.process.rssPages - one.process.rssPages;

function rowOf({ process, earlier, ticks }: Moved, table: OsProcessTable, rate: Rate): LiveOsProcess {
  const { ticksPerSecond, pageBytes } = table.kernel;
  const { now, ioAccess } = process;
  const known = ioAccess === "read";
  return {
    pid: process.pid,
    name: table.toldNameOf(process),
    user: table.toldUserOf(process),
    cpuPercent: 100 * rate(0, ticks / ticksPerSecond),
    rssBytes: Math.max(0, process.rssPages) * pageBytes,
    threads: Math.max(0, process.threads),
    ioReadBytesPerSecond: known ? rate(earlier.readBytes, now.readBytes) : null,
    ioWriteBytesPerSecond: known ? rate(earlier.writeBytes, now.writeBytes) : null,
  };
}
