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

export type ReportOptions = {
  table: OsProcessTable;
  settings: Pick<CollectSettings, "busyCpuSeconds" | "busyIoBytes">;
  memoryBytes: number;
  maxRows?: number;
};

const defaultMaxRows = 5000;

export class OsProcessReport {
  readonly #options: Required<ReportOptions>;

  constructor(options: ReportOptions) {
    this.#options = { maxRows: defaultMaxRows, ...options };
  }

  /** Rows of the table's last look. Past the limit the processes that moved least wait for a later row. */
  rows(kind: "all" | "busy", moment: Moment): OsProcessColumns {
    const { table, maxRows } = this.#options;
    if (kind === "all") table.refreshUserNames();
    const columns = emptyColumns();
    let chosen = [...table.byPid.values()];
    if (kind === "busy") chosen = chosen.filter((process) => this.#isBusy(process));
    if (chosen.length > maxRows) {
      chosen.sort(
        (one, other) => other.now.ticks - other.reported.ticks - (one.now.ticks - one.reported.ticks),
      );
      chosen.length = maxRows;
    }
    for (const process of chosen) this.#addRows(columns, process, moment);
    return columns;
  }

  #isBusy({ now, earlier }: OsProcess): boolean {
    const { settings, table } = this.#options;
    return (
      now.ticks - earlier.ticks >= settings.busyCpuSeconds * table.kernel.ticksPerSecond ||
      rise(now.readBytes, earlier.readBytes) + rise(now.writeBytes, earlier.writeBytes) >=
        settings.busyIoBytes
    );
  }

  #addRows(columns: OsProcessColumns, process: OsProcess, moment: Moment): void {
    const { previous } = this.#options.table;
    const { earlier, now } = process;
    if (previous && previous.monotonicSeconds - process.reportedSeconds > 1e-3 && this.#isBusy(process))
      this.#addRow(columns, process, previous, earlier, process.earlierThreads, process.earlierRssPages);
    this.#addRow(columns, process, moment, now, process.threads, process.rssPages);
  }

  #addRow(
    columns: OsProcessColumns,
    process: OsProcess,
    { at, monotonicSeconds }: Moment,
    totals: OsProcessTotals,
    threads: number,
    rssPages: number,
  ): void {
    const { table, memoryBytes } = this.#options;
    const { ticksPerSecond, pageBytes } = table.kernel;
    const { reported } = process;
    const intervalSeconds =
      Math.round((monotonicSeconds - process.reportedSeconds) * microsPerSecond) / microsPerSecond;
    if (intervalSeconds <= 0) return;
    const cpuSeconds = rise(totals.ticks, reported.ticks) / ticksPerSecond;
    const rssBytes = Math.max(0, rssPages) * pageBytes;
    const ioKnown = process.ioAccess === "read";
    columns.at.push(at);
    columns.intervalSeconds.push(intervalSeconds);
    columns.uid.push(table.uidOf(process));
    columns.pid.push(process.pid);
    columns.parentPid.push(process.parentPid);
    columns.name.push(process.name);
    columns.user.push(table.userOf(process));
    columns.startedAt.push(table.startedAt(process));
    columns.cpuSeconds.push(cpuSeconds);
    columns.cpuPercent.push(round((100 * cpuSeconds) / intervalSeconds));
    columns.cpuTotalSeconds.push(totals.ticks / ticksPerSecond);
    columns.threads.push(threads);
    columns.rssBytes.push(rssBytes);
    columns.memoryPercent.push(round((100 * rssBytes) / memoryBytes));
    columns.ioReadBytes.push(ioKnown ? rise(totals.readBytes, reported.readBytes) : null);
    columns.ioWriteBytes.push(ioKnown ? rise(totals.writeBytes, reported.writeBytes) : null);
    columns.ioOperations.push(ioKnown ? rise(totals.operations, reported.operations) : null);
    const waitedNanos = totals.runQueueNanos - reported.runQueueNanos;
    columns.runQueueSeconds.push(
      Number.isNaN(waitedNanos) ? null : Math.max(0, Math.round(waitedNanos / 1e3) / 1e6),
    );
    raise(reported, totals);
    process.reportedSeconds = monotonicSeconds;
  }
}

/** What was added since; a discount of a child's I/O may run ahead of the total. */
function rise(now: number, since: number): number {
  return now > since ? now - since : 0;
}

/** Two decimals: less to send, and more than the ticks are good for. */
function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}

function emptyColumns(): OsProcessColumns {
  return {
    at: [],
    intervalSeconds: [],
    uid: [],
    pid: [],
    parentPid: [],
    name: [],
    user: [],
    startedAt: [],
    cpuSeconds: [],
    cpuPercent: [],
    cpuTotalSeconds: [],
    threads: [],
    rssBytes: [],
    memoryPercent: [],
    ioReadBytes: [],
    ioWriteBytes: [],
    ioOperations: [],
    runQueueSeconds: [],
  };
}
