/** What each user's OS processes use and hold, of the same looks as their rows: at most 50 users, the rest as one. */
import type { Moment, Reading } from "../collector.ts";
import { gauge, increment } from "../readings.ts";
import type { OsProcess, OsProcessTotals } from "./os-process.ts";
import type { OsProcessTable } from "./os-process-table.ts";
import { SumsByName } from "./sums-by-name.ts";

export class UserTotals {
  readonly #table: OsProcessTable;
  readonly #sums = new SumsByName(["cpuTicks", "readBytes", "writeBytes", "rssPages", "processes", "denied"]);
  #toldSeconds = 0;

  constructor(table: OsProcessTable) {
    this.#table = table;
  }

  /** The time before is nobody's. */
  start({ monotonicSeconds }: Moment): void {
    this.#toldSeconds = monotonicSeconds;
  }

  /** After each later look of the table: what those that ended did after their last row. */
  note(): void {
    for (const process of this.#table.ended) this.add(process);
  }

  /** What a process did since its last row; before that is moved on to `totals`. */
  add(process: OsProcess, totals: OsProcessTotals = process.now): void {
    const { reported, ioAccess } = process;
    const ioKnown = ioAccess === "read";
    this.#sums.add(this.#table.toldUserOf(process), {
      cpuTicks: Math.max(0, totals.ticks - reported.ticks),
      readBytes: ioKnown ? Math.max(0, totals.readBytes - reported.readBytes) : 0,
      writeBytes: ioKnown ? Math.max(0, totals.writeBytes - reported.writeBytes) : 0,
      // Of one process that may not be asked the sum would be too low.
      denied: ioAccess === "denied" && !process.kernelThread ? 1 : 0,
    });
  }

  /** When all have had their row; sums are of the time since it was asked before. */
  readings({ monotonicSeconds }: Moment): Reading[] {
    const { byPid, kernel } = this.#table;
    for (const process of byPid.values())
      this.#sums.add(this.#table.toldUserOf(process), {
        rssPages: Math.max(0, process.rssPages),
        processes: 1,
        denied: process.ioAccess === "denied" && !process.kernelThread ? 1 : 0,
      });
    const interval = monotonicSeconds - this.#toldSeconds;
    this.#toldSeconds = monotonicSeconds;
    const readings: Reading[] = [];
    for (const [user, sums] of this.#sums.take(monotonicSeconds)) {
      const attributes = { "user.name": user };
      readings.push(
        gauge("culprit.user.processes", "{process}", sums.processes, attributes),
        gauge("culprit.user.memory.usage", "By", sums.rssPages * kernel.pageBytes, attributes),
      );
      const add = (metric: string, unit: string, value: number, more = {}) =>
        readings.push(increment(metric, unit, value, interval, { ...attributes, ...more }));
      add("culprit.user.cpu.time", "s", sums.cpuTicks / kernel.ticksPerSecond);
      if (sums.denied > 0) continue;
      add("culprit.user.disk.io", "By", sums.readBytes, { "disk.io.direction": "read" });
      add("culprit.user.disk.io", "By", sums.writeBytes, { "disk.io.direction": "write" });
    }
    return readings;
  }
}
