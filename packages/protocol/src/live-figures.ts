/** The figures by which a machine is watched, averaged and kept: the same on the page and on the command line. */
import type { LiveLook } from "./live.ts";

/** By name, with the unit as series have it. */
export const liveFigureUnits = {
  cpuShare: "1",
  memoryShare: "1",
  swapShare: "1",
  loadOneMinute: "1",
  pressureShare: "1",
  diskBusyShare: "1",
  diskReadBytesPerSecond: "By/s",
  diskWriteBytesPerSecond: "By/s",
  networkReceiveBytesPerSecond: "By/s",
  networkTransmitBytesPerSecond: "By/s",
  fileSystemShare: "1",
} as const;

export type LiveFigure = keyof typeof liveFigureUnits;
export const liveFigures = Object.keys(liveFigureUnits).filter(isLiveFigure);

export function isLiveFigure(name: string): name is LiveFigure {
  return Object.hasOwn(liveFigureUnits, name);
}

/** Null where the machine does not tell. */
export type LiveFigures = Record<LiveFigure, number | null>;

/**
 * Of disks the busiest, of file systems the fullest, of pressure the worst resource that some tasks waited for; traffic
 * of all disks and interfaces together.
 */
export function figuresOf({
  cpu,
  memory,
  load,
  pressure,
  disks,
  fileSystems,
  network,
}: LiveLook): LiveFigures {
  return {
    cpuShare: cpu?.busyShare ?? null,
    memoryShare: memory && ratio(memory.usedBytes, memory.totalBytes),
    swapShare: memory && ratio(memory.swapUsedBytes, memory.swapTotalBytes),
    loadOneMinute: load?.oneMinute ?? null,
    pressureShare: pressure && largest(Object.values(pressure).map((stall) => stall?.someShare ?? 0)),
    diskBusyShare: disks && largest(disks.map(({ busyShare }) => busyShare)),
    diskReadBytesPerSecond: disks && sum(disks.map((disk) => disk.readBytesPerSecond)),
    diskWriteBytesPerSecond: disks && sum(disks.map((disk) => disk.writeBytesPerSecond)),
    networkReceiveBytesPerSecond: network && sum(network.map((one) => one.receiveBytesPerSecond)),
    networkTransmitBytesPerSecond: network && sum(network.map((one) => one.transmitBytesPerSecond)),
    fileSystemShare: fileSystems && largest(fileSystems.map(fullness)),
  };
}

/** As df does: of what users may fill, without the reserve of root. */
export function fullness({ usedBytes, freeBytes }: { usedBytes: number; freeBytes: number }): number {
  return ratio(usedBytes, usedBytes + freeBytes) ?? 0;
}

/** Null of nothing: a machine without swap has no share of it. */
function ratio(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}

const largest = (all: readonly number[]): number | null => (all.length === 0 ? null : Math.max(...all));
const sum = (all: readonly number[]): number => all.reduce((total, value) => total + value, 0);
