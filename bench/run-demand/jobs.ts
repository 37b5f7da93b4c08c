/** Real jobs of known use. What each used is fixed by its command, or told by its own processes as they end. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Use = {
  cpuSeconds?: number;
  ioReadBytes?: number;
  ioWriteBytes?: number;
  maxRssBytes?: number;
  runQueueSeconds?: number;
};

export type Job = {
  name: string;
  command: (folder: string) => string[];
  /** By the size in its command; else by what its processes tell. */
  known?: Use;
  /** What its processes tell. */
  told?: (keyof Use)[];
  /** A control group to be put into, with a process beside it that is nobody's child. */
  group?: boolean;
};

const work = join(import.meta.dirname, "work.pl");
const perl = (...parameters: (string | number)[]) => ["perl", work, ...parameters.map(String)];
const megabyte = 1024 * 1024;
const dd = (folder: string, ...parameters: string[]) => [
  "dd",
  "bs=64k",
  "status=none",
  ...parameters.map((one) => one.replace("FILE", join(folder, "data"))),
];

export const jobs: readonly Job[] = [
  { name: "a busy loop", command: () => perl("burn", 3), told: ["cpuSeconds", "runQueueSeconds"] },
  { name: "a short busy loop", command: () => perl("burn", 0.5), told: ["cpuSeconds"] },
  {
    name: "dd oflag=direct",
    command: (folder) => dd(folder, "if=/dev/zero", "of=FILE", "count=3200", "oflag=direct"),
    known: { ioWriteBytes: 200 * megabyte },
  },
  {
    name: "dd conv=fsync",
    command: (folder) => dd(folder, "if=/dev/zero", "of=FILE", "count=3200", "conv=fsync"),
    known: { ioWriteBytes: 200 * megabyte },
  },
  {
    name: "dd iflag=direct",
    command: (folder) => dd(folder, "if=FILE", "of=/dev/null", "count=3200", "iflag=direct"),
    known: { ioReadBytes: 200 * megabyte },
  },
  { name: "300 MB of memory", command: () => perl("memory", 300, 2), told: ["maxRssBytes"] },
  { name: "300 MB, briefly", command: () => perl("memory", 300, 0.2), told: ["maxRssBytes"] },
  { name: "120 children, one by one", command: () => perl("children", 120, 0.02), told: ["cpuSeconds"] },
  { name: "six generations", command: () => perl("deep", 6, 0.5), told: ["cpuSeconds"] },
  { name: "two sessions (setsid)", command: () => perl("sessions", 2, 1.5), told: ["cpuSeconds"] },
  { name: "two daemons (double fork)", command: () => perl("daemons", 2, 1.5), told: ["cpuSeconds"] },
  { name: "a control group's mates", command: () => perl("burn", 1), told: ["cpuSeconds"], group: true },
];

/** Sums of CPU time and waits, the largest peak of memory. */
export function toldBy(
  truthFile: string,
): Required<Pick<Use, "cpuSeconds" | "maxRssBytes" | "runQueueSeconds">> {
  const lines = existsSync(truthFile) ? readFileSync(truthFile, "utf8").trim().split("\n") : [];
  const told = { cpuSeconds: 0, maxRssBytes: 0, runQueueSeconds: 0 };
  for (const line of lines) {
    const [cpu = 0, peak = 0, waited = 0] = line.split(" ").map(Number);
    told.cpuSeconds += cpu;
    told.maxRssBytes = Math.max(told.maxRssBytes, peak);
    told.runQueueSeconds += waited;
  }
  return told;
}

/** A control group of version 2 of its own; null where this machine lets nobody make one. */
export function makeGroup(name: string): { add: string; remove: () => void } | null {
  for (const mount of ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]) {
    if (!existsSync(join(mount, "cgroup.controllers"))) continue;
    const folder = join(mount, name);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, "cgroup.procs"), "");
    } catch {
      if (!existsSync(folder)) continue;
    }
    return { add: `echo $$ > ${join(folder, "cgroup.procs")}`, remove: () => rmdirSync(folder) };
  }
  return null;
}
