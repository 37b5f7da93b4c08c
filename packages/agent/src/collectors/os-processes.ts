import { microsPerSecond } from "@culprit/protocol";
import type { CollectorFactory } from "../collector.ts";
import { OsProcessReport } from "../os-processes/report.ts";
import { readText } from "../read-text.ts";
import { memoryUse, parseMemoryInfo } from "./memory.ts";

/** The look that the table of OS processes, its busy rows and the usage of runs share. */
export const osProcesses: CollectorFactory = ({ roots, settings, osProcesses: table, runUsage }) => {
  const memoryBytes = memoryUse(parseMemoryInfo(readText(`${roots.proc}/meminfo`))).total;
  const report = new OsProcessReport({ table, settings, memoryBytes });
  // The first look is what later ones compare with; the second already shows all, so that nobody waits for the minute.
  let fullSlot: number | null = null;
  let looks = 0;
  return {
    name: "os-processes",
    everySeconds: settings.busySeconds,
    collect(moment) {
      table.look(moment);
      runUsage.observe(moment);
      if (++looks === 1) return {};
      const slot = Math.floor(moment.at / (settings.osProcessSeconds * microsPerSecond));
      const full = slot !== fullSlot;
      fullSlot = slot;
      return { osProcesses: report.rows(full ? "all" : "busy", moment) };
    },
  };
};
