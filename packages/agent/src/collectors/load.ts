import type { CollectorFactory } from "../collector.ts";

export const load: CollectorFactory = ({ roots, settings, files }) => ({
  name: "load",
  everySeconds: settings.hostSeconds,
  collect(moment) {
    const averages = parseLoad(files.read(`${roots.proc}/loadavg`, moment));
    return {
      readings: (["1m", "5m", "15m"] as const).map((period) => ({
        metric: "system.linux.load",
        attributes: { "load.period": period },
        unit: "1",
        type: "gauge",
        value: averages[period],
      })),
    };
  },
});

/** `0.13 0.09 0.05 1/91 8439`. Throws on anything else. */
export function parseLoad(text: string): Record<"1m" | "5m" | "15m", number> {
  const match = /^([\d.]+) ([\d.]+) ([\d.]+) /.exec(text);
  if (!match) throw new Error("loadavg is not three averages");
  return { "1m": Number(match[1]), "5m": Number(match[2]), "15m": Number(match[3]) };
}
