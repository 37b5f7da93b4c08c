import { microsPerSecond } from "@culprit/protocol";
import type { CollectorFactory } from "../collector.ts";
import { AccountingFile } from "../os-processes/accounting-file.ts";
import { OsProcessReport } from "../os-processes/report.ts";
import { ShortLived } from "../os-processes/short-lived.ts";
import { UserTotals } from "../os-processes/user-totals.ts";
import { readText } from "../read-text.ts";
import { memoryUse, parseMemoryInfo } from "./memory.ts";

/** The look that the table of OS processes, its busy rows and the usage of runs share. */
export const osProcesses: CollectorFactory = ({ roots, settings, osProcesses: table, runUsage }) => {
  const memoryBytes = memoryUse(parseMemoryInfo(readText(`${roots.proc}/meminfo`))).total;
  const users = new UserTotals(table);
  const shortLived = new ShortLived(table, new AccountingFile(roots));
  const report = new OsProcessReport({ table, settings, memoryBytes, users });
  // The first look is what later ones compare with; the second already shows all, so that nobody waits for the minute.
  let fullSlot: number | null = null;
  let looks = 0;
  return {
    name: "os-processes",
    everySeconds: settings.busySeconds,
    collect(moment) {
      table.look(moment);
      runUsage.observe(moment);
      if (++looks === 1) {
        shortLived.start(moment);
        users.start(moment);
        return {};
      }
      shortLived.note();
      users.note();
      const slot = Math.floor(moment.at / (settings.osProcessSeconds * microsPerSecond));
      if (slot === fullSlot) return { osProcesses: report.rows("busy", moment) };
      fullSlot = slot;
      const rows = report.rows("all", moment);
      return { osProcesses: rows, readings: [...shortLived.readings(moment), ...users.readings(moment)] };
    },
  };
};
