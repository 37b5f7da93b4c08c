import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/**
 * One step of the schema, forward only and never changed once released. `statements` run on both engines;
 * `postgres` are the indexes that DuckDB's zone maps make needless.
 */
export type Migration = {
  number: number;
  name: string;
  statements: readonly string[];
  postgres?: readonly string[];
};

export async function applyMigration(
  transaction: Kysely<Tables>,
  migration: Migration,
  engine: "duckdb" | "postgres",
): Promise<void> {
  // Citus changes reference and distributed tables in one transaction only shard by shard; plain PostgreSQL ignores it.
  if (engine === "postgres")
    await sql`set local citus.multi_shard_modify_mode = 'sequential'`.execute(transaction);
  const statements = [...migration.statements, ...(engine === "postgres" ? (migration.postgres ?? []) : [])];
  for (const statement of statements) await sql.raw(statement).execute(transaction);
}
