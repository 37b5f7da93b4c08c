/** What one control group used, read in either version. */
import { readTextIfPresent } from "./read-text.ts";
import type { GroupFolders } from "./group-tree.ts";

/** Totals since the group was made, and memory as it is now without what can be given back; null where it is not told. */
export type GroupUse = {
  cpuSeconds: number | null;
  memoryBytes: number | null;
  io: { readBytes: number; writeBytes: number } | null;
  /** Seconds in which some task waited, by resource; version 2 with PSI alone. */
  stalledSeconds: Partial<Record<(typeof resources)[number], number>>;
};

type IsDisk = (deviceNumber: string) => boolean;

export const resources = ["cpu", "memory", "io"] as const;

/** Of devices that lie on others (device mapper, md) the traffic would count twice: `isDisk` tells by major:minor. */
export function readGroupUse(folders: GroupFolders, path: string, isDisk: IsDisk): GroupUse {
  if (folders.version === 1) return readVersion1(folders, path, isDisk);
  const file = (name: string) => textOf(`${folders.all}${path}/${name}`);
  const stalledSeconds: GroupUse["stalledSeconds"] = {};
  for (const resource of resources) {
    const micros = field(file(`${resource}.pressure`), /^some .*total=(\d+)$/m);
    if (micros !== null) stalledSeconds[resource] = micros / 1e6;
  }
  const micros = field(file("cpu.stat"), /^usage_usec (\d+)$/m);
  return {
    cpuSeconds: micros === null ? null : micros / 1e6,
    memoryBytes: less(
      field(file("memory.current"), /^(\d+)$/m),
      field(file("memory.stat"), /^inactive_file (\d+)$/m),
    ),
    io: parseIoStat(file("io.stat"), isDisk),
    stalledSeconds,
  };
}

function readVersion1(folders: GroupFolders & { version: 1 }, path: string, isDisk: IsDisk): GroupUse {
  const file = (folder: string | null, name: string) =>
    folder === null ? "" : textOf(`${folder}${path}/${name}`);
  const nanoseconds = field(file(folders.cpu, "cpuacct.usage"), /^(\d+)$/m);
  const below = file(folders.io, "blkio.throttle.io_service_bytes_recursive");
  return {
    cpuSeconds: nanoseconds === null ? null : nanoseconds / 1e9,
    memoryBytes: less(
      field(file(folders.memory, "memory.usage_in_bytes"), /^(\d+)$/m),
      field(file(folders.memory, "memory.stat"), /^total_inactive_file (\d+)$/m),
    ),
    io: parseServiceBytes(below || file(folders.io, "blkio.throttle.io_service_bytes"), isDisk),
    stalledSeconds: {},
  };
}

/** `8:0 rbytes=180224 wbytes=0 rios=3 wios=0 dbytes=0 dios=0`, a line for each device; null without any. */
export function parseIoStat(text: string, isDisk: IsDisk): GroupUse["io"] {
  const lines = [...text.matchAll(/^(\d+:\d+) .*?\brbytes=(\d+) wbytes=(\d+)/gm)];
  return sumOf(
    lines.flatMap(([, device, read, written]) => [
      { device: device!, key: "readBytes", bytes: Number(read) },
      { device: device!, key: "writeBytes", bytes: Number(written) },
    ]),
    isDisk,
  );
}

/** `8:0 Read 180224`, lines by device and kind; null without any. */
export function parseServiceBytes(text: string, isDisk: IsDisk): GroupUse["io"] {
  const lines = [...text.matchAll(/^(\d+:\d+) (Read|Write) (\d+)$/gm)];
  return sumOf(
    lines.map(([, device, kind, bytes]) => ({
      device: device!,
      key: kind === "Read" ? "readBytes" : "writeBytes",
      bytes: Number(bytes),
    })),
    isDisk,
  );
}

type Amount = { device: string; key: "readBytes" | "writeBytes"; bytes: number };

function sumOf(amounts: Amount[], isDisk: IsDisk): GroupUse["io"] {
  const sums = { readBytes: 0, writeBytes: 0 };
  let any = false;
  for (const { device, key, bytes } of amounts) {
    if (!isDisk(device)) continue;
    sums[key] += bytes;
    any = true;
  }
  return any ? sums : null;
}

function less(bytes: number | null, cached: number | null): number | null {
  return bytes === null ? null : Math.max(0, bytes - (cached ?? 0));
}

function field(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  return match ? Number(match[1]) : null;
}

/** A group may end while it is read. */
function textOf(path: string): string {
  try {
    return readTextIfPresent(path) ?? "";
  } catch {
    return "";
  }
}
