import { readdirSync } from "node:fs";
import type { CollectorFactory, Reading } from "../collector.ts";
import { isWholeDisk } from "../disks.ts";
import { counter, gauge } from "../readings.ts";
import type { Roots } from "../roots.ts";

export const diskIo: CollectorFactory = ({ roots, settings, files }) => {
  let before = new Map<string, DiskStatistics>();
  return {
    name: "disk-io",
    everySeconds: settings.hostSeconds,
    collect(moment) {
      const disks = wholeDisks(files.read(`${roots.proc}/diskstats`, moment), roots);
      const readings = disks.flatMap((disk) => [
        ...readingsOf(disk),
        ...waits(before.get(disk.device), disk),
      ]);
      before = new Map(disks.map((disk) => [disk.device, disk]));
      return { readings };
    },
  };
};

/** The statistics of whole disks, without those of their partitions. */
export function wholeDisks(text: string, { sys }: Roots): DiskStatistics[] {
  // Partitions are not in the folder; a slash in a name (cciss/c0d0) is an exclamation mark there.
  const isDisk = new Set(readdirSync(`${sys}/block`).map((name) => name.replaceAll("!", "/")));
  return parseDiskStatistics(text)
    .filter(({ device }) => isDisk.has(device))
    .slice(0, maxDisks);
}

const maxDisks = 64;
const sectorBytes = 512;

export type DiskStatistics = {
  device: string;
  readOperations: number;
  readBytes: number;
  writeOperations: number;
  writeBytes: number;
  /** Time that requests took from being put to being answered, summed over them. */
  readSeconds: number;
  writeSeconds: number;
  /** Time with at least one request under way. */
  ioSeconds: number;
  /** The same weighted by the number of requests. */
  queueSeconds: number;
};

/** Lines of /proc/diskstats, of disks and partitions alike; newer kernels append columns to the 14. */
export function parseDiskStatistics(text: string): DiskStatistics[] {
  const disks: DiskStatistics[] = [];
  for (const line of text.split("\n")) {
    const columns = line.trim().split(/ +/);
    const device = columns[2];
    if (columns.length < 14 || device === undefined || !isWholeDisk(device)) continue;
    const number = (column: number) => Number(columns[column]);
    disks.push({
      device,
      readOperations: number(3),
      readBytes: number(5) * sectorBytes,
      writeOperations: number(7),
      writeBytes: number(9) * sectorBytes,
      readSeconds: number(6) / 1000,
      writeSeconds: number(10) / 1000,
      ioSeconds: number(12) / 1000,
      queueSeconds: number(13) / 1000,
    });
  }
  return disks;
}

function readingsOf(disk: DiskStatistics): Reading[] {
  const device = { "system.device": disk.device };
  const [read, written] = directions.map((direction) => ({ ...device, "disk.io.direction": direction }));
  return [
    counter("system.disk.io", "By", disk.readBytes, read),
    counter("system.disk.io", "By", disk.writeBytes, written),
    counter("system.disk.operations", "{operation}", disk.readOperations, read),
    counter("system.disk.operations", "{operation}", disk.writeOperations, written),
    // Per second of time: the share of it in which the disk was busy, and the mean length of its queue.
    counter("system.disk.io_time", "s", disk.ioSeconds, device),
    counter("system.disk.queue_time", "s", disk.queueSeconds, device),
  ];
}

const directions = ["read", "write"] as const;

/** What a request took on average since the look before, as iostat's await; nothing where none was answered. */
function waits(before: DiskStatistics | undefined, disk: DiskStatistics): Reading[] {
  if (!before) return [];
  return directions.flatMap((direction) => {
    const operations = disk[`${direction}Operations`] - before[`${direction}Operations`];
    const seconds = disk[`${direction}Seconds`] - before[`${direction}Seconds`];
    if (operations <= 0 || seconds < 0) return [];
    const attributes = { "system.device": disk.device, "disk.io.direction": direction };
    return [gauge("system.linux.disk.await", "s", seconds / operations, attributes)];
  });
}
