import type { CollectorFactory, Reading } from "../collector.ts";
import { counter, gauge } from "../readings.ts";

export const memory: CollectorFactory = ({ roots, settings, files }) => ({
  name: "memory",
  everySeconds: settings.hostSeconds,
  collect(moment) {
    const info = parseMemoryInfo(files.read(`${roots.proc}/meminfo`, moment));
    const use = memoryUse(info);
    const events = files.readIfPresent(`${roots.proc}/vmstat`, moment) ?? "";
    const paging = parsePaging(events);
    return {
      readings: [
        ...(["used", "free", "cached", "buffers", "available"] as const).map((state) =>
          bytes("system.memory.usage", { "system.memory.state": state }, use[state]),
        ),
        gauge("system.memory.utilization", "1", use.used / use.total),
        bytes("system.paging.usage", { "system.paging.state": "used" }, use.swapTotal - use.swapFree),
        bytes("system.paging.usage", { "system.paging.state": "free" }, use.swapFree),
        ...(paging ? [pages("in", paging.in), pages("out", paging.out)] : []),
        ...areas(info),
        ...troubles(events),
      ],
    };
  },
});

export type MemoryUse = {
  total: number;
  /** What programs hold: the total less what is available. */
  used: number;
  free: number;
  cached: number;
  buffers: number;
  available: number;
  swapTotal: number;
  swapFree: number;
};

/** Lines of /proc/meminfo by name: in bytes, but for the numbers of huge pages. */
export function parseMemoryInfo(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, name, number, unit] of text.matchAll(/^([\w()]+):\s+(\d+)( kB)?$/gm))
    values.set(name!, Number(number) * (unit ? 1024 : 1));
  return values;
}

/** In bytes. Throws if the total is missing. */
export function memoryUse(info: Map<string, number>): MemoryUse {
  const of = (name: string) => info.get(name) ?? 0;
  const total = of("MemTotal");
  if (total === 0) throw new Error("meminfo has no MemTotal");
  const free = of("MemFree");
  const cached = of("Cached") + of("SReclaimable");
  const buffers = of("Buffers");
  // Kernels before 3.14 do not say what is available: memory that can be given back, without shared memory, comes close.
  const available = Math.min(
    total,
    info.get("MemAvailable") ?? free + buffers + Math.max(0, cached - of("Shmem")),
  );
  return {
    total,
    used: total - available,
    free,
    cached,
    buffers,
    available,
    swapTotal: of("SwapTotal"),
    swapFree: of("SwapFree"),
  };
}

/** Pages swapped in and out since the start, of /proc/vmstat; null where it does not say. */
export function parsePaging(text: string): { in: number; out: number } | null {
  const pagesIn = /^pswpin (\d+)$/m.exec(text);
  const pagesOut = /^pswpout (\d+)$/m.exec(text);
  return pagesIn && pagesOut ? { in: Number(pagesIn[1]), out: Number(pagesOut[1]) } : null;
}

function bytes(metric: string, attributes: Record<string, string>, value: number): Reading {
  return gauge(metric, "By", value, attributes);
}

function pages(direction: "in" | "out", value: number): Reading {
  return counter("system.paging.operations", "{operation}", value, { "system.paging.direction": direction });
}

/** What explains memory that no program seems to hold, and what is still to be written; huge pages where there are any. */
function areas(info: Map<string, number>): Reading[] {
  const named = [
    ["dirty", "Dirty"],
    ["writeback", "Writeback"],
    ["committed", "Committed_AS"],
    ["shared", "Shmem"],
    ["page_tables", "PageTables"],
  ] as const;
  const readings = named.flatMap(([area, name]) => {
    const value = info.get(name);
    return value === undefined ? [] : [bytes("system.linux.memory.usage", { area }, value)];
  });
  const slab = [
    ["reclaimable", "SReclaimable"],
    ["unreclaimable", "SUnreclaim"],
  ] as const;
  for (const [state, name] of slab) {
    const value = info.get(name);
    if (value !== undefined)
      readings.push(
        bytes("system.memory.linux.slab.usage", { "system.memory.linux.slab.state": state }, value),
      );
  }
  const hugePages = info.get("HugePages_Total") ?? 0;
  if (hugePages > 0) {
    const free = info.get("HugePages_Free") ?? 0;
    for (const [state, value] of [["used", hugePages - free] as const, ["free", free] as const])
      readings.push(
        gauge("system.memory.linux.hugepages.usage", "{page}", value, {
          "system.memory.linux.hugepages.state": state,
        }),
      );
  }
  return readings;
}

/** Pages that had to come from a disk, and programs that were killed for want of memory (since Linux 4.13). */
function troubles(events: string): Reading[] {
  const total = (name: string) => new RegExp(`^${name} (\\d+)$`, "m").exec(events)?.[1];
  const faults = total("pgmajfault");
  const kills = total("oom_kill");
  return [
    ...(faults === undefined
      ? []
      : [
          counter("system.paging.faults", "{fault}", Number(faults), { "system.paging.fault.type": "major" }),
        ]),
    ...(kills === undefined ? [] : [counter("system.linux.memory.oom_kills", "{process}", Number(kills))]),
  ];
}
