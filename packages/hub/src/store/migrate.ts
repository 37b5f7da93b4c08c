import { randomUUID } from "node:crypto";
import type { Micros } from "@culprit/protocol";
import { sql, type Transaction } from "kysely";
import type { Engine } from "./engine.ts";
import { migrations } from "./migrations/index.ts";
import { applyMigration } from "./migrations/migration.ts";
import type { Tables } from "./tables.ts";

/**
 * Brings the schema up to date, all steps in one transaction, and answers the store's epoch. Refuses a store that a
 * newer program has changed. Several hubs may start at once.
 */
export async function migrate(engine: Engine, now: Micros): Promise<string> {
  return await engine.write(async (transaction) => {
    if (engine.name === "postgres") await sql`select pg_advisory_xact_lock(4777)`.execute(transaction);
    await sql`create table if not exists migration
      (number integer primary key, name text not null, applied_at bigint not null)`.execute(transaction);
    const applied = await transaction.selectFrom("migration").select("number").execute();
    const newest = Math.max(0, ...applied.map(({ number }) => number));
    const isApplied = (number: number): boolean => applied.some((each) => each.number === number);
    const known = migrations.at(-1)!.number;
    if (newest > known)
      throw new Error(
        `the store was changed by a newer version (schema ${newest}, this one knows ${known}): update this hub`,
      );
    for (const migration of migrations.filter(({ number }) => !isApplied(number))) {
      await applyMigration(transaction, migration, engine.name);
      const { number, name } = migration;
      await transaction.insertInto("migration").values({ number, name, applied_at: now }).execute();
    }
    return await epoch(transaction);
  });
}

async function epoch(transaction: Transaction<Tables>): Promise<string> {
  const found = await transaction
    .selectFrom("property")
    .select("value")
    .where("name", "=", "epoch")
    .execute();
  if (found[0]) return found[0].value;
  const value = randomUUID();
  await transaction.insertInto("property").values({ name: "epoch", value }).execute();
  return value;
}
