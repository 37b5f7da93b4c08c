import type { CollectorFactory, Reading } from "../collector.ts";

export const pressureResources = ["cpu", "memory", "io"] as const;
export type PressureResource = (typeof pressureResources)[number];
const microsPerSecond = 1e6;

/** Share of the time in which some, or all, tasks waited for a resource. Kernels without PSI answer nothing. */
export const pressure: CollectorFactory = ({ roots, settings, files }) => {
  const before = new Map<string, { total: number; monotonicSeconds: number }>();
  return {
    name: "pressure",
    everySeconds: settings.hostSeconds,
    collect(moment) {
      const { monotonicSeconds } = moment;
      const readings: Reading[] = [];
      for (const resource of pressureResources) {
        const text = files.readIfPresent(`${roots.proc}/pressure/${resource}`, moment);
        for (const [stall, total] of parsePressure(text ?? "")) {
          const key = `${resource} ${stall}`;
          const earlier = before.get(key);
          before.set(key, { total, monotonicSeconds });
          if (!earlier || monotonicSeconds <= earlier.monotonicSeconds) continue;
          const share =
            (total - earlier.total) / microsPerSecond / (monotonicSeconds - earlier.monotonicSeconds);
          readings.push({
            metric: "system.linux.pressure",
            attributes: { resource, stall },
            unit: "1",
            type: "gauge",
            value: Math.min(1, Math.max(0, share)),
          });
        }
      }
      return { readings };
    },
  };
};

/** `some avg10=0.69 avg60=0.94 avg300=0.83 total=25546574`: microseconds stalled since the start, by kind. */
export function parsePressure(text: string): Map<"some" | "full", number> {
  const totals = new Map<"some" | "full", number>();
  for (const [, stall, total] of text.matchAll(/^(some|full) .*total=(\d+)$/gm))
    totals.set(stall as "some" | "full", Number(total));
  return totals;
}
