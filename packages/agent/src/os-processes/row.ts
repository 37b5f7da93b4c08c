/** Rows of OS processes as they travel. */
import { groupedName, osProcessColumns, type OsProcessColumns } from "@culprit/protocol";

export type OsProcessRow = { [K in keyof OsProcessColumns]: OsProcessColumns[K][number] };

/** A row that stands for many has no pid. */
export const restPid = 0;

const names = Object.keys(osProcessColumns) as (keyof OsProcessColumns)[];

export function columnsOf(rows: readonly OsProcessRow[]): OsProcessColumns {
  const column = <K extends keyof OsProcessColumns>(name: K): OsProcessRow[K][] =>
    rows.map((row): OsProcessRow[K] => row[name]);
  return Object.fromEntries(names.map((name) => [name, column(name)])) as OsProcessColumns;
}

/**
 * One row for all of `rows`, of which there is at least one: every amount is their sum, and what is null in all of them is
 * null. It covers the longest of their times.
 */
export function restOf(
  rows: readonly OsProcessRow[],
  { at, uid, startedAt }: Pick<OsProcessRow, "at" | "uid" | "startedAt">,
): OsProcessRow {
  const sum = (amount: (row: OsProcessRow) => number) => rows.reduce((total, row) => total + amount(row), 0);
  const known = (amount: (row: OsProcessRow) => number | null) =>
    rows.some((row) => amount(row) !== null) ? sum((row) => amount(row) ?? 0) : null;
  const intervalSeconds = rows.reduce((most, row) => Math.max(most, row.intervalSeconds), 0);
  const cpuSeconds = sum((row) => row.cpuSeconds);
  return {
    at,
    intervalSeconds,
    uid,
    pid: restPid,
    parentPid: restPid,
    name: groupedName,
    user: groupedName,
    startedAt,
    cpuSeconds,
    cpuPercent: roundPercent((100 * cpuSeconds) / intervalSeconds),
    cpuTotalSeconds: sum((row) => row.cpuTotalSeconds),
    threads: sum((row) => row.threads),
    rssBytes: sum((row) => row.rssBytes),
    memoryPercent: roundPercent(sum((row) => row.memoryPercent)),
    ioReadBytes: known((row) => row.ioReadBytes),
    ioWriteBytes: known((row) => row.ioWriteBytes),
    ioOperations: known((row) => row.ioOperations),
    runQueueSeconds: known((row) => row.runQueueSeconds),
    arguments: null,
  };
}

/** Two decimals: less to send, and more than the ticks are good for. */
export function roundPercent(percent: number): number {
  return Math.round(percent * 100) / 100;
}
