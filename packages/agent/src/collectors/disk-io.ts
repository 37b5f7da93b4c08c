import { readdirSync } from "node:fs";
import type { CollectorFactory, Reading } from "../collector.ts";
import { readText } from "../read-text.ts";

export const diskIo: CollectorFactory = ({ roots, settings }) => ({
  name: "disk-io",
  everySeconds: settings.hostSeconds,
  collect() {
    const disks = parseDiskStatistics(readText(`${roots.proc}/diskstats`));
    // Partitions are not in the folder; a slash in a name (cciss/c0d0) is an exclamation mark there.
    const isDisk = new Set(readdirSync(`${roots.sys}/block`).map((name) => name.replaceAll("!", "/")));
    return {
      readings: disks
        .filter(({ device }) => isDisk.has(device))
        .slice(0, maxDisks)
        .flatMap(readingsOf),
    };
  },
});

const maxDisks = 64;
/** Memory, images and tapes; and what lies on other disks (device mapper, md, bcache), whose traffic would count twice. */
const notADisk = /^(loop|ram|zram|sr|fd|nbd|dm-|md|bcache|nvme\d+c\d+n)\d/;
const sectorBytes = 512;

export type DiskStatistics = {
  device: string;
  readOperations: number;
  readBytes: number;
  writeOperations: number;
  writeBytes: number;
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
    if (columns.length < 14 || device === undefined || notADisk.test(device)) continue;
    const number = (column: number) => Number(columns[column]);
    disks.push({
      device,
      readOperations: number(3),
      readBytes: number(5) * sectorBytes,
      writeOperations: number(7),
      writeBytes: number(9) * sectorBytes,
      ioSeconds: number(12) / 1000,
      queueSeconds: number(13) / 1000,
    });
  }
  return disks;
}

function readingsOf(disk: DiskStatistics): Reading[] {
  const device = { "system.device": disk.device };
  const counter = (metric: string, unit: string, value: number, direction?: "read" | "write"): Reading => ({
    metric,
    attributes: direction ? { ...device, "disk.io.direction": direction } : device,
    unit,
    type: "counter",
    value,
  });
  return [
    counter("system.disk.io", "By", disk.readBytes, "read"),
    counter("system.disk.io", "By", disk.writeBytes, "write"),
    counter("system.disk.operations", "{operation}", disk.readOperations, "read"),
    counter("system.disk.operations", "{operation}", disk.writeOperations, "write"),
    counter("system.disk.io_time", "s", disk.ioSeconds),
    counter("system.disk.queue_time", "s", disk.queueSeconds),
  ];
}
