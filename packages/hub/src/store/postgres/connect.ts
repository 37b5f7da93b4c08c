import { Kysely, PostgresDialect, sql } from "kysely";
import { Client, Pool, types } from "pg";
import type { Engine } from "../engine.ts";
import { StoreUnavailableError } from "../store-error.ts";
import type { Tables } from "../tables.ts";
import { appendColumns } from "./append.ts";
import { readColumns } from "./columns.ts";
import { asWriteError, reading, readingPool, writingPool } from "./connections.ts";
import { takeKeys } from "./keys.ts";

export type PostgresOptions = {
  /** Connections of this hub; intake uses one for each machine of a group, so not all may be taken by it. */
  connections?: number;
};

/** Connects to the database named by the URL, which must exist. */
export async function connectPostgres(
  url: string,
  { connections = 8 }: PostgresOptions = {},
): Promise<Engine> {
  const settings = {
    connectionString: url,
    application_name: "culprit",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser },
  };
  const pool = new Pool({
    ...settings,
    max: connections,
    options: "-c timezone=UTC -c statement_timeout=120000",
  });
  // A connection that ends fails the query on it, or is replaced by the next use; without a listener it ends the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const read = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: readingPool(pool) }) });
  const writer = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: writingPool(pool) }) });
  try {
    await sql`select 1`.execute(read);
  } catch (error) {
    await pool.end();
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailableError(`can't use PostgreSQL at ${withoutPassword(url)}: ${reason}`, {
      cause: error,
    });
  }
  return {
    name: "postgres",
    read,
    oneTransactionPerGroup: false,
    async write(work) {
      try {
        return await writer.transaction().execute(work);
      } catch (error) {
        throw asWriteError(error);
      }
    },
    append: appendColumns,
    takeKeys,
    readColumns: (query, shapes) => reading(pool, (client) => readColumns(client, query, shapes)),
    async exclusively(lock, work) {
      // A connection of its own: the lock goes with it, also if this process dies.
      const client = new Client(settings);
      client.on("error", () => {});
      await client.connect();
      try {
        const { rows } = await client.query<{ locked: boolean }>(
          "select pg_try_advisory_lock(4777, hashtext($1)) as locked",
          [lock],
        );
        if (!rows[0]!.locked) return false;
        await work();
        return true;
      } finally {
        await client.end();
      }
    },
    close: () => pool.end(),
  };
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = "";
  return shown.href;
}

/** int8 and numeric arrive as text; what we store and sum are safe numbers. */
function getTypeParser(...[oid, format]: Parameters<typeof types.getTypeParser>): (text: string) => unknown {
  if (oid === types.builtins.INT8 || oid === types.builtins.NUMERIC) return Number;
  return types.getTypeParser(oid, format);
}
