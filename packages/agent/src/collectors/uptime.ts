import { parseUptime } from "../boot.ts";
import type { CollectorFactory } from "../collector.ts";

export const uptime: CollectorFactory = ({ roots, settings, files }) => ({
  name: "uptime",
  everySeconds: settings.hostSeconds,
  collect: (moment) => ({
    readings: [
      {
        metric: "system.uptime",
        attributes: {},
        unit: "s",
        type: "gauge",
        value: parseUptime(files.read(`${roots.proc}/uptime`, moment)),
      },
    ],
  }),
});
