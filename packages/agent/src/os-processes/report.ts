/**
 * Rows of OS processes: all of them at every full look, the busy ones between. A row's sums cover the time since the
 * process's row before, so rows never overlap and nothing is told twice. A process that becomes busy after a quiet time gets
 * two: one for the quiet time until the look before, one for the busy time, so that its start is not smeared.
 */
import { microsPerSecond, type OsProcessColumns } from "@culprit/protocol";
import type { CollectSettings } from "../collect-settings.ts";
import type { Moment } from "../collector.ts";
import { raise, type OsProcess, type OsProcessTotals } from "./os-process.ts";
import type { OsProcessTable } from "./os-process-table.ts";
import { columnsOf, restOf, roundPercent, type OsProcessRow } from "./row.ts";
import type { UserTotals } from "./user-totals.ts";

export type ReportOptions = {
  table: OsProcessTable;
  settings: Pick<CollectSettings, "busyCpuSeconds" | "busyIoBytes"> &
    Partial<Pick<CollectSettings, "osProcessLimit">>;
  memoryBytes: number;
  /** Gets what each row tells. */
  users?: UserTotals;
};

/** Whatever the settings say: a batch has to be taken. */
const mostProcesses = 5000;

export class OsProcessReport {
  readonly #options: ReportOptions;
  readonly #limit: number;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#limit = Math.min(mostProcesses, options.settings.osProcessLimit || mostProcesses);
  }

  /**
   * Rows of the table's last look. Of all, those past the limit are one row together; of the busy ones, those past it wait for
   * a later row.
   */
  rows(kind: "all" | "busy", moment: Moment): OsProcessColumns {
    const { table } = this.#options;
    if (kind === "all") table.refreshUserNames();
    let chosen = [...table.byPid.values()];
    if (kind === "busy") chosen = chosen.filter((process) => this.#isBusy(process));
    const top = chosen.length > this.#limit ? this.#top(chosen) : new Set(chosen);
    const rows = [...top].flatMap((process) => this.#rowsOf(process, moment));
    if (kind === "all" && chosen.length > top.size) {
      const rest = chosen.filter((process) => !top.has(process));
      const restRows = rest.flatMap((process) => this.#rowOf(process, moment) ?? []);
      if (restRows.length > 0) rows.push(restOf(restRows, { at: moment.at, ...table.whole() }));
    }
    return columnsOf(rows);
  }

  /** By turns who used most CPU, who holds most memory and who did most I/O. */
  #top(processes: readonly OsProcess[]): Set<OsProcess> {
    const by = (amount: (process: OsProcess) => number) =>
      processes
        .filter((process) => amount(process) > 0)
        .toSorted((one, other) => amount(other) - amount(one));
    const orders = [
      by(({ now, reported }) => now.ticks - reported.ticks),
      by(({ rssPages }) => rssPages),
      by(({ now, reported }) => now.readBytes + now.writeBytes - reported.readBytes - reported.writeBytes),
    ];
    const top = new Set<OsProcess>();
    for (let place = 0; place < processes.length; place++)
      for (const order of orders) {
        const process = order[place];
        if (process && top.size < this.#limit) top.add(process);
      }
    return top;
  }

  #isBusy({ now, earlier }: OsProcess): boolean {
    const { settings, table } = this.#options;
    return (
      now.ticks - earlier.ticks >= settings.busyCpuSeconds * table.kernel.ticksPerSecond ||
      rise(now.readBytes, earlier.readBytes) + rise(now.writeBytes, earlier.writeBytes) >=
        settings.busyIoBytes
    );
  }

  #rowsOf(process: OsProcess, moment: Moment): OsProcessRow[] {
    const { previous } = this.#options.table;
    const { earlier, earlierThreads: threads, earlierRssPages: rssPages } = process;
    const wasQuiet =
      previous && previous.monotonicSeconds - process.reportedSeconds > 1e-3 && this.#isBusy(process)
        ? this.#rowOf(process, previous, { totals: earlier, threads, rssPages })
        : null;
    const row = this.#rowOf(process, moment);
    return [wasQuiet, row].filter((each) => each !== null);
  }

  /** Null for one that had its row at this very moment. */
  #rowOf(
    process: OsProcess,
    { at, monotonicSeconds }: Moment,
    seen: Seen = { totals: process.now, threads: process.threads, rssPages: process.rssPages },
  ): OsProcessRow | null {
    const { totals, threads, rssPages } = seen;
    const { table, memoryBytes, users } = this.#options;
    const { ticksPerSecond, pageBytes } = table.kernel;
    const { reported } = process;
    const intervalSeconds =
      Math.round((monotonicSeconds - process.reportedSeconds) * microsPerSecond) / microsPerSecond;
    if (intervalSeconds <= 0) return null;
    const cpuSeconds = rise(totals.ticks, reported.ticks) / ticksPerSecond;
    const rssBytes = Math.max(0, rssPages) * pageBytes;
    const ioKnown = process.ioAccess === "read";
    const waitedNanos = totals.runQueueNanos - reported.runQueueNanos;
    const row = {
      at,
      intervalSeconds,
      uid: table.uidOf(process),
      pid: process.pid,
      parentPid: process.parentPid,
      name: table.toldNameOf(process),
      user: table.toldUserOf(process),
      startedAt: table.startedAt(process),
      cpuSeconds,
      cpuPercent: roundPercent((100 * cpuSeconds) / intervalSeconds),
      cpuTotalSeconds: totals.ticks / ticksPerSecond,
      threads,
      rssBytes,
      memoryPercent: roundPercent((100 * rssBytes) / memoryBytes),
      ioReadBytes: ioKnown ? rise(totals.readBytes, reported.readBytes) : null,
      ioWriteBytes: ioKnown ? rise(totals.writeBytes, reported.writeBytes) : null,
      ioOperations: ioKnown ? rise(totals.operations, reported.operations) : null,
      runQueueSeconds: Number.isNaN(waitedNanos) ? null : Math.max(0, Math.round(waitedNanos / 1e3) / 1e6),
      arguments: process.arguments,
    };
    users?.add(process, totals);
    raise(reported, totals);
    process.reportedSeconds = monotonicSeconds;
    process.wasTold = true;
    return row;
  }
}

/** What is told of a process, of this look or the one before. */
type Seen = { totals: OsProcessTotals; threads: number; rssPages: number };

/** What was added since; a discount of a child's I/O may run ahead of the total. */
function rise(now: number, since: number): number {
  return now > since ? now - since : 0;
}
