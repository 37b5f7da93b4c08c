import { parseUptime } from "../boot.ts";
import type { CollectorFactory } from "../collector.ts";
import { readText } from "../read-text.ts";

export const uptime: CollectorFactory = ({ roots, settings }) => ({
  name: "uptime",
  everySeconds: settings.hostSeconds,
  collect: () => ({
    readings: [
      {
        metric: "system.uptime",
        attributes: {},
        unit: "s",
        type: "gauge",
        value: parseUptime(readText(`${roots.proc}/uptime`)),
      },
    ],
  }),
});
