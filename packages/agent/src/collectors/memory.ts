import type { CollectorFactory, Reading } from "../collector.ts";
import { readText, readTextIfPresent } from "../read-text.ts";

export const memory: CollectorFactory = ({ roots, settings }) => ({
  name: "memory",
  everySeconds: settings.hostSeconds,
  collect() {
    const use = memoryUse(parseMemoryInfo(readText(`${roots.proc}/meminfo`)));
    const paging = parsePaging(readTextIfPresent(`${roots.proc}/vmstat`) ?? "");
    return {
      readings: [
        ...(["used", "free", "cached", "buffers", "available"] as const).map((state) =>
          bytes("system.memory.usage", { "system.memory.state": state }, use[state]),
        ),
        {
          metric: "system.memory.utilization",
          attributes: {},
          unit: "1",
          type: "gauge",
          value: use.used / use.total,
        },
        bytes("system.paging.usage", { "system.paging.state": "used" }, use.swapTotal - use.swapFree),
        bytes("system.paging.usage", { "system.paging.state": "free" }, use.swapFree),
        ...(paging ? [pages("in", paging.in), pages("out", paging.out)] : []),
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

/** Lines of /proc/meminfo by name, in bytes. */
export function parseMemoryInfo(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, name, kibibytes] of text.matchAll(/^([\w()]+):\s+(\d+) kB$/gm))
    values.set(name!, Number(kibibytes) * 1024);
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
  return { metric, attributes, unit: "By", type: "gauge", value };
}

function pages(direction: "in" | "out", value: number): Reading {
  return {
    metric: "system.paging.operations",
    attributes: { "system.paging.direction": direction },
    unit: "{operation}",
    type: "counter",
    value,
  };
}
