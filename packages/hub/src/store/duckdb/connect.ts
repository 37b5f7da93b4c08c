import { Kysely } from "kysely";
import type { Engine } from "../engine.ts";
import { StoreUnavailableError, UnstorableError } from "../store-error.ts";
import type { Tables } from "../tables.ts";
import { appendColumns } from "./append.ts";
import { readColumns } from "./columns.ts";
import { DuckDbDialect } from "./dialect.ts";
import { takeKeys } from "./keys.ts";
import { openFile, type OpenFileOptions } from "./open-file.ts";

/** Opens (or makes) the file. Rejects with `StoreLockedError` if another process has it. */
export async function connectDuckDb(file: string, options: OpenFileOptions): Promise<Engine> {
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
    takeKeys: (transaction, keys) => takeKeys(transaction, database.writer, keys),
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

/** DuckDB names the kind of an error at the start of its message: these come from the values, all others from the engine. */
function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/^(Conversion|Out of Range|Constraint|Invalid Input) Error|^type mismatch in App/.test(error.message))
    return new UnstorableError(error.message, { cause: error });
  if (/^(IO|FATAL|INTERNAL|Out of Memory|TransactionContext|Transaction) Error/.test(error.message))
    return new StoreUnavailableError(error.message, { cause: error });
  return error;
}
