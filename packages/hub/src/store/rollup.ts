/**
 * Five-minute sums of samples, for long ranges. Each sample is added once: a mark says up to which arrival all are in, and
 * rows and mark are written together. Samples that come late make a further row for their bucket, and rows add up.
 */
import type { Micros } from "@culprit/protocol";
import { type Kysely, sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Engine } from "./engine.ts";
import type { Tables } from "./tables.ts";

export const rollupStep: Micros = 300_000_000;
const period: Micros = 600_000_000;
/** What arrived later than this may still be in a transaction of another hub. */
const settling: Micros = 120_000_000;
const markName = "rolled-up-until";

/** The arrival up to which samples are in the roll-up. */
export async function rolledUpUntil(db: Kysely<Tables>): Promise<Micros> {
  const mark = await db
    .selectFrom("property")
    .select("value")
    .where("name", "=", markName)
    .executeTakeFirst();
  return Number(mark?.value ?? 0);
}

/** Adds what has arrived since the last time; several hubs may try at once, one does it. */
export async function rollUp(engine: Engine, now: Micros): Promise<void> {
  await engine.exclusively(markName, () =>
    engine.write(async (db) => {
      const from = await rolledUpUntil(db);
      const until = Math.max(from, now - settling);
      await sql`
        insert into sample_rollup (machine_id, series_id, "at", total, weight)
        select machine_id, series_id, "at" - "at" % ${sql.lit(rollupStep)}, sum(value),
          sum(case when interval_seconds > 0 then interval_seconds else 1 end)
        from sample
        where arrived_at > ${from}::bigint and arrived_at <= ${until}::bigint
        group by machine_id, series_id, "at" - "at" % ${sql.lit(rollupStep)}
        order by machine_id, series_id`.execute(db);
      await db
        .insertInto("property")
        .values({ name: markName, value: String(until) })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: String(until) }))
        .execute();
    }),
  );
}

/** Does it when enough time has passed; to be called often. */
export function rollupWhenDue(engine: Engine, clock: Clock): () => Promise<void> {
  let next = clock.now() + period;
  return async () => {
    const now = clock.now();
    if (now < next) return;
    next = now + period;
    await rollUp(engine, now);
  };
}
