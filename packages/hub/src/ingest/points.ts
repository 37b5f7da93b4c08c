/** The points and OS processes of a batch: columns from outside in, good rows out. Loops over columns, no object a row. */
import {
  cleanName,
  printableText,
  osProcessColumns,
  pointColumns,
  readColumns,
  type Micros,
  type OsProcessColumns,
} from "@culprit/protocol";
import type { IntakeBatch } from "../store/store.ts";

export type BadRow = { index: number; detail: string };
type Bounds = { first: Micros; last: Micros };
export type Points = NonNullable<IntakeBatch["points"]>;

/** No machine has more. */
const mostCores = 4096;
const int32 = 2 ** 31 - 1;
const day = 86_400;

/** Of a gauge 0; of a counter no shorter than a clock can tell and no longer than a spool keeps, with a wide margin. */
const isInterval = (seconds: number) => seconds === 0 || (seconds >= 0.001 && seconds <= 366 * day);

/** `seriesIds` by position in the batch's list; null for a series that was refused, whose points go uncounted with it. */
export function readPoints(
  raw: unknown,
  seriesIds: readonly (number | null)[],
  { first, last }: Bounds,
): { points: Points; bad: BadRow[] } | { error: string } {
  const read = readColumns(pointColumns, raw);
  if ("error" in read) return read;
  const { series, at, value, intervalSeconds } = read.columns;
  const bad: BadRow[] = [];
  const kept = { seriesId: [], at: [], value: [], intervalSeconds: [] } as {
    [K in keyof Points]: number[];
  };
  for (let row = 0; row < read.length; row++) {
    const seriesId = seriesIds[series[row]!];
    if (seriesId === null) continue;
    const fault =
      read.badRows.get(row) ??
      (seriesId === undefined
        ? "series"
        : at[row]! < first || at[row]! > last
          ? "at"
          : !isInterval(intervalSeconds[row]!)
            ? "intervalSeconds"
            : null);
    if (fault !== null || seriesId === undefined) {
      bad.push({ index: row, detail: `${fault}: out of range or of the wrong type` });
      continue;
    }
    kept.seriesId.push(seriesId);
    kept.at.push(at[row]!);
    kept.value.push(value[row]!);
    kept.intervalSeconds.push(intervalSeconds[row]!);
  }
  return { points: kept, bad };
}

const columnNames = Object.keys(osProcessColumns) as (keyof OsProcessColumns)[];
const amounts = columnNames.filter((column) => osProcessColumns[column].type !== "text");
const narrow = ["pid", "parentPid", "threads"] as const;
const uidForm = /^[\x21-\x7e]{1,16}$/;
const plain = /^[\x20-\x7e]+$/;

export function readOsProcesses(
  raw: unknown,
  { first, last }: Bounds,
): { columns: OsProcessColumns; length: number; bad: BadRow[] } | { error: string } {
  const read = readColumns(osProcessColumns, raw);
  if ("error" in read) return read;
  const { columns, length, badRows } = read;
  const faulty = (row: number, column: string) => badRows.has(row) || badRows.set(row, column);
  for (const column of amounts) {
    const values = columns[column] as (number | null)[];
    for (let row = 0; row < length; row++) if (values[row]! < 0) faulty(row, column);
  }
  for (const column of narrow) {
    const values = columns[column];
    for (let row = 0; row < length; row++) if (values[row]! > int32) faulty(row, column);
  }
  for (let row = 0; row < length; row++) {
    if (columns.at[row]! < first || columns.at[row]! > last) faulty(row, "at");
    if (columns.cpuSeconds[row]! > mostCores * (columns.intervalSeconds[row]! + 1)) faulty(row, "cpuSeconds");
    if (!uidForm.test(columns.uid[row]!)) faulty(row, "uid");
  }
  printable(columns.name, badRows);
  printable(columns.user, badRows);
  const { arguments: lines } = columns;
  for (const [row, line] of lines.entries())
    if (line !== null && !badRows.has(row) && !plain.test(line)) lines[row] = printableText(line);
  const bad = [...badRows].map(([index, column]) => ({
    index,
    detail: `${column}: out of range or of the wrong type`,
  }));
  return { columns: withoutRows(columns, badRows), length: length - badRows.size, bad };
}

/** Any user may name a process as they like: such names are cleaned, not refused. */
function printable(names: string[], badRows: ReadonlyMap<number, string>): void {
  for (let row = 0; row < names.length; row++)
    if (!plain.test(names[row]!) && !badRows.has(row)) names[row] = cleanName(names[row]!).name;
}

function withoutRows(columns: OsProcessColumns, badRows: ReadonlyMap<number, string>): OsProcessColumns {
  if (badRows.size === 0) return columns;
  const good = <T>(values: T[]): T[] => values.filter((_, row) => !badRows.has(row));
  return {
    at: good(columns.at),
    intervalSeconds: good(columns.intervalSeconds),
    uid: good(columns.uid),
    pid: good(columns.pid),
    parentPid: good(columns.parentPid),
    name: good(columns.name),
    user: good(columns.user),
    startedAt: good(columns.startedAt),
    cpuSeconds: good(columns.cpuSeconds),
    cpuPercent: good(columns.cpuPercent),
    cpuTotalSeconds: good(columns.cpuTotalSeconds),
    threads: good(columns.threads),
    rssBytes: good(columns.rssBytes),
    memoryPercent: good(columns.memoryPercent),
    ioReadBytes: good(columns.ioReadBytes),
    ioWriteBytes: good(columns.ioWriteBytes),
    ioOperations: good(columns.ioOperations),
    runQueueSeconds: good(columns.runQueueSeconds),
    arguments: good(columns.arguments),
  };
}
