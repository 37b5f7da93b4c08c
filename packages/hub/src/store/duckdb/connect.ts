import { renameSync, existsSync } from "node:fs";
import { Kysely } from "kysely";
import type { Engine } from "../engine.ts";
import { StoreLockedError, StoreUnavailableError, UnstorableError } from "../store-error.ts";
import type { Tables } from "../tables.ts";
import { appendColumns } from "./append.ts";
import { readColumns } from "./columns.ts";
import { Database } from "./database.ts";
import { DuckDbDialect } from "./dialect.ts";

export type DuckDbOptions = {
  memoryLimitBytes: number;
  threads: number;
  /** Says that a damaged file was set aside; the store then starts empty. */
  onSetAside: (message: string) => void;
  /** For the name of a file set aside. */
  now: () => number;
};

/** Opens (or makes) the file. Rejects with `StoreLockedError` if another process has it. */
export async function connectDuckDb(file: string, options: DuckDbOptions): Promise<Engine> {
  const database = await openFile(file, options);
  const read = new Kysely<Tables>({ dialect: new DuckDbDialect(database, "read") });
  const writer = new Kysely<Tables>({ dialect: new DuckDbDialect(database, "write") });
  const held = new Set<string>();
  return {
    name: "duckdb",
    read,
    oneTransactionPerGroup: true,
    async write(work) {
      try {
        return await writer.transaction().execute(work);
      } catch (error) {
        throw asStoreError(error);
      }
    },
    append: (_transaction, table, columns) => appendColumns(database.writer, table, columns),
    async readColumns(query, shapes) {
      const connection = await database.acquire("read");
      try {
        return await readColumns(connection, query, shapes);
      } catch (error) {
        database.failed(error);
        throw error;
      } finally {
        database.release("read", connection);
      }
    },
    async exclusively(lock, work) {
      if (held.has(lock)) return false;
      held.add(lock);
      try {
        await work();
      } finally {
        held.delete(lock);
      }
      return true;
    },
    async close() {
      await Promise.all([read.destroy(), writer.destroy()]);
      database.close();
    },
  };
}

async function openFile(file: string, options: DuckDbOptions): Promise<Database> {
  const open = async (): Promise<Database> => {
    const database = new Database(file, { ...options, readers: 2 });
    await database.open();
    return database;
  };
  try {
    return await open();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const locked = /Could not set lock on file.*?(?:\(PID (\d+)\)|$)/s.exec(message);
    if (locked) throw new StoreLockedError(file, locked[1] === undefined ? null : Number(locked[1]));
    if (!isDamage(message) || !existsSync(file)) throw error;
    options.onSetAside(setAside(file, options.now(), message));
    return await open();
  }
}

/** Never deletes: the file and its log belong together and are renamed as a pair. */
function setAside(file: string, now: number, reason: string): string {
  const suffix = `.damaged-${new Date(now / 1000).toISOString().replaceAll(/[:.]/g, "-")}`;
  renameSync(file, file + suffix);
  if (existsSync(`${file}.wal`)) renameSync(`${file}.wal`, `${file}${suffix}.wal`);
  return `The store ${file} is damaged and was set aside as ${file}${suffix} (with its .wal). A new, empty store takes its place; agents send again what they still have. DuckDB said: ${reason}`;
}

function isDamage(message: string): boolean {
  return /not a valid DuckDB database|[Cc]orrupt|checksum|Serialization Error|Failure while replaying WAL|INTERNAL Error/.test(
    message,
  );
}

/** DuckDB names the kind of an error at the start of its message: these come from the values, all others from the engine. */
function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/^(Conversion|Out of Range|Constraint|Invalid Input) Error/.test(error.message))
    return new UnstorableError(error.message, { cause: error });
  if (/^(IO|FATAL|INTERNAL|Out of Memory|TransactionContext|Transaction) Error/.test(error.message))
    return new StoreUnavailableError(error.message, { cause: error });
  return error;
}
