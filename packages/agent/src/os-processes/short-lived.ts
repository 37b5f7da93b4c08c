/**
 * What no row of OS processes tells: of processes that ended before they had one, and of what others did after their last.
 * Three sources, each of what the ones before can't see: the looks (a process that one saw has its own name); process
 * accounting, where the machine has it switched on; else the CPU time that parents got from children they waited for and
 * that no look saw, which is told under the parent's name.
 */
import type { Moment, Reading } from "../collector.ts";
import { increment } from "../readings.ts";
import type { OsProcessTable } from "./os-process-table.ts";
import { SumsByName } from "./sums-by-name.ts";

export class ShortLived {
  readonly #table: OsProcessTable;
  readonly #byName = new SumsByName(["count", "cpuSeconds"]);
  readonly #byParent = new SumsByName(["cpuSeconds"]);
  #toldSeconds = 0;

  constructor(table: OsProcessTable) {
    this.#table = table;
  }

  /** The time before is nobody's. */
  start({ monotonicSeconds }: Moment): void {
    this.#toldSeconds = monotonicSeconds;
  }

  /** After each later look of the table, and before its rows are made. */
  note(): void {
    const { ticksPerSecond } = this.#table.kernel;
    for (const process of this.#table.ended) {
      const ticks = Math.max(0, process.now.ticks - process.reported.ticks);
      const isNew = !process.wasTold && !this.#table.wasThereAtFirst(process);
      if (isNew || ticks > 0)
        this.#byName.add(process.name, { count: isNew ? 1 : 0, cpuSeconds: ticks / ticksPerSecond });
    }
    for (const process of this.#table.byPid.values()) {
      const ticks = process.takeUnseenTicks();
      if (ticks > 0) this.#byParent.add(process.name, { cpuSeconds: ticks / ticksPerSecond });
    }
  }

  /** Of the time since it was asked before. */
  readings({ monotonicSeconds }: Moment): Reading[] {
    const interval = monotonicSeconds - this.#toldSeconds;
    this.#toldSeconds = monotonicSeconds;
    const byName = this.#byName.take(monotonicSeconds);
    const byParent = this.#byParent.take(monotonicSeconds);
    const readings: Reading[] = [];
    for (const [name, { count, cpuSeconds }] of byName) {
      const attributes = { "process.executable.name": name };
      readings.push(
        increment("culprit.os_process.short_lived.count", "{process}", count, interval, attributes),
        increment("culprit.os_process.short_lived.cpu.time", "s", cpuSeconds, interval, attributes),
      );
    }
    for (const [name, { cpuSeconds }] of byParent) {
      const attributes = { "process.parent.name": name };
      readings.push(
        increment("culprit.os_process.short_lived.cpu.time", "s", cpuSeconds, interval, attributes),
      );
    }
    return readings;
  }
}
