import { Kysely } from "kysely";
import type { Engine } from "../engine.ts";
import type { Tables } from "../tables.ts";
import { appendColumns } from "./append.ts";
import { readColumns } from "./columns.ts";
import { DuckDbDialect } from "./dialect.ts";
import { asStoreError } from "./errors.ts";
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
        return await database.read(() => readColumns(connection, query, shapes));
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
