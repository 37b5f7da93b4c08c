/**
 * Opens the file, also a damaged one. Nothing is ever deleted: what can't be read is renamed with the time, the file and
 * its log as a pair, and said loudly. A log that is damaged at some point is good up to there: the store goes on with
 * that, and agents see their marks fall back and send again. Only if the file itself is damaged does a new store begin.
 */
import { copyFileSync, existsSync, renameSync, truncateSync } from "node:fs";
import { StoreLockedError } from "../store-error.ts";
import { Database, type DatabaseOptions } from "./database.ts";

export type OpenFileOptions = DatabaseOptions & { warn: (message: string) => void; now: () => number };

export async function openFile(file: string, options: OpenFileOptions): Promise<Database> {
  const aside = `.damaged-${new Date(options.now() / 1000).toISOString().replaceAll(/[:.]/g, "-")}`;
  const log = `${file}.wal`;
  if (!existsSync(file) && existsSync(log)) {
    renameSync(log, log + aside);
    options.warn(
      `${file} is gone but its log was there: set aside as ${log}${aside}. The store starts empty.`,
    );
  }
  for (let repairs = 0; ; repairs++) {
    const database = new Database(file, options);
    try {
      await database.open();
      return database;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const locked = /Could not set lock on file.*?(?:\(PID (\d+)\)|$)/s.exec(message);
      if (locked) throw new StoreLockedError(file, locked[1] === undefined ? null : Number(locked[1]));
      const done = repairs < 3 ? repair(file, aside, message) : null;
      if (!done) throw error;
      options.warn(`${done} DuckDB said: ${message.split("\n", 1)[0]}`);
    }
  }
}

/** Each answers what it did, or null if this is not what is wrong. */
type Repair = (file: string, aside: string, message: string) => string | null;

const repair: Repair = (file, aside, message) =>
  cutLog(file, aside, message) ?? removeLog(file, aside, message) ?? startAnew(file, aside, message);

/** Ends the log where the first bad entry begins: a power cut often leaves zeros after what was written for good. */
const cutLog: Repair = (file, aside, message) => {
  const found = /Corrupt WAL file: entry at byte position (\d+)/.exec(message)?.[1];
  if (found === undefined) return null;
  // DuckDB names the place after the entry's own header of length and checksum.
  const position = Number(found) - 16;
  const log = `${file}.wal`;
  copyFileSync(log, log + aside);
  truncateSync(log, position);
  return `The log of ${file} is damaged from byte ${position} on; it was kept as ${log}${aside} and the store goes on with what is before that.`;
};

const removeLog: Repair = (file, aside, message) => {
  const log = `${file}.wal`;
  if (!/Failure while replaying WAL/.test(message) || !existsSync(log)) return null;
  renameSync(log, log + aside);
  return `The log of ${file} can't be read and was set aside as ${log}${aside}; the store goes on with its last checkpoint.`;
};

const startAnew: Repair = (file, aside, message) => {
  if (!/not a valid DuckDB database file|Corrupt database file|Could not read enough bytes/.test(message))
    return null;
  renameSync(file, file + aside);
  if (existsSync(`${file}.wal`)) renameSync(`${file}.wal`, `${file}${aside}.wal`);
  return `The store ${file} is damaged and was set aside, with its log, as ${file}${aside}. A new, empty one takes its place; agents send again what they still have.`;
};
