/**
 * What no row of OS processes tells: of processes that ended before they had one, and of what others did after their last.
 * Three sources, each of what the ones before can't see: the looks (a process that one saw has its own name); process
 * accounting, where the machine has it switched on; else the CPU time that parents got from children they waited for and
 * that no look saw, which is told under the parent's name.
 */
import { cleanName, groupedName, microsPerSecond, type AccountingRecord } from "@culprit/protocol";
import type { Moment, Reading } from "../collector.ts";
import { increment } from "../readings.ts";
import type { AccountingFile } from "./accounting-file.ts";
import type { OsProcess } from "./os-process.ts";
import type { OsProcessTable } from "./os-process-table.ts";
import { SumsByName } from "./sums-by-name.ts";
import { UnseenChildren } from "./unseen-children.ts";

type Seen = { name: string; startSeconds: number; ticks: number };

/** A record has whole seconds, and the start of a process is worked out from that of the kernel. */
const startTolerance = 2;
const mostEnded = 20_000;

export class ShortLived {
  readonly #table: OsProcessTable;
  readonly #accounting: Pick<AccountingFile, "read">;
  readonly #byName = new SumsByName(["count", "cpuSeconds"]);
  readonly #byParent = new SumsByName(["cpuSeconds"]);
  readonly #unseenChildren: UnseenChildren;
  /** Of children that no look saw, by the parent's name. */
  #unseenTicks = new Map<string, number>();
  /** Those that looks saw and that ended since the accounting was read, by pid. */
  #ended = new Map<number, Seen>();
  #toldSeconds = 0;

  constructor(table: OsProcessTable, accounting: Pick<AccountingFile, "read">) {
    this.#table = table;
    this.#accounting = accounting;
    this.#unseenChildren = new UnseenChildren(table);
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
        this.#byName.add(this.#table.toldNameOf(process), {
          count: isNew ? 1 : 0,
          cpuSeconds: ticks / ticksPerSecond,
        });
      if (this.#ended.size < mostEnded) this.#ended.set(process.pid, this.#seen(process));
    }
    for (const [process, ticks] of this.#unseenChildren.note()) {
      const parent = this.#table.toldNameOf(process);
      this.#unseenTicks.set(parent, (this.#unseenTicks.get(parent) ?? 0) + ticks);
    }
  }

  /** Of the time since it was asked before. */
  readings({ monotonicSeconds }: Moment): Reading[] {
    const { records, skipped } = this.#accounting.read();
    for (const record of records) this.#account(record);
    if (skipped > 0) this.#byName.add(groupedName, { count: skipped });
    // The records hold what the parents got.
    if (records.length === 0)
      for (const [name, ticks] of this.#unseenTicks)
        this.#byParent.add(name, { cpuSeconds: ticks / this.#table.kernel.ticksPerSecond });
    this.#unseenTicks = new Map();
    this.#ended = new Map();
    const interval = monotonicSeconds - this.#toldSeconds;
    this.#toldSeconds = monotonicSeconds;
    const readings: Reading[] = [];
    for (const [name, { count, cpuSeconds }] of this.#byName.take(monotonicSeconds)) {
      const attributes = { "process.executable.name": name };
      readings.push(
        increment("culprit.os_process.short_lived.count", "{process}", count, interval, attributes),
        increment("culprit.os_process.short_lived.cpu.time", "s", cpuSeconds, interval, attributes),
      );
    }
    for (const [name, { cpuSeconds }] of this.#byParent.take(monotonicSeconds)) {
      const attributes = { "process.parent.name": name };
      readings.push(
        increment("culprit.os_process.short_lived.cpu.time", "s", cpuSeconds, interval, attributes),
      );
    }
    return readings;
  }

  /** One that a look saw is counted by that look; what it did after it is known only here. */
  #account({ command, pid, startSeconds, cpuSeconds }: AccountingRecord): void {
    const live = this.#table.byPid.get(pid);
    const candidates = [this.#ended.get(pid), live && this.#seen(live)];
    const seen = candidates.find((one) => one && Math.abs(one.startSeconds - startSeconds) <= startTolerance);
    if (!seen) {
      this.#byName.add(this.#table.toldNameOf(cleanName(command)), { count: 1, cpuSeconds });
      return;
    }
    const after = cpuSeconds - seen.ticks / this.#table.kernel.ticksPerSecond;
    if (after > 0) this.#byName.add(seen.name, { cpuSeconds: after });
  }

  #seen(process: OsProcess): Seen {
    const startSeconds = this.#table.startedAt(process) / microsPerSecond;
    return { name: this.#table.toldNameOf(process), startSeconds, ticks: process.now.ticks };
  }
}
