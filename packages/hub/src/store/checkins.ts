/** Check-ins, and what of `execution_running` belongs to them. */
import { sql, type Selectable } from "kysely";
import type { Engine } from "./engine.ts";
import { fromTable } from "./execution-rows.ts";
import { storableText, takeNumbers } from "./sql.ts";
import type { CheckinRow, CheckinSchedule, CheckinStore } from "./store.ts";
import type { ExecutionTable, Tables } from "./tables.ts";

const openAtMost = 100;

export function checkinStore(engine: Engine): CheckinStore {
  const all = () => engine.read.selectFrom("checkin").selectAll().orderBy("checkin_id");
  const running = (machineId: number) =>
    engine.read.selectFrom("execution_running").selectAll().where("machine_id", "=", machineId);
  return {
    list: async () => (await all().execute()).map(checkinOf),

    async bySecret(secretHash) {
      const row = await all().where("secret_hash", "=", secretHash).executeTakeFirst();
      return row ? checkinOf(row) : null;
    },

    async bySlug(slug, machineId) {
      const found = all().where("slug", "=", slug);
      const rows = await (machineId === undefined ? found : found.where("machine_id", "=", machineId))
        .limit(2)
        .execute();
      return rows.map(checkinOf);
    },

    add: ({ machineId, slug, process, secretHash, createdAt }, mostPerMachine) =>
      engine.write(async (db) => {
        const { count } = await db
          .selectFrom("checkin")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("machine_id", "=", machineId)
          .executeTakeFirstOrThrow();
        const same = await db
          .selectFrom("checkin")
          .select(["machine_id", "slug"])
          .where((where) =>
            where.or([
              where.and([where("machine_id", "=", machineId), where("slug", "=", slug)]),
              where("secret_hash", "=", secretHash),
            ]),
          )
          .execute();
        const taken = same.some((row) => row.machine_id === machineId && row.slug === slug);
        if (taken) return "slug-taken";
        if (same.length > 0) return "secret-taken";
        if (count >= mostPerMachine) return "too-many";
        const [checkin_id] = await takeNumbers(db, "checkin", 1);
        // Another hub may have been faster.
        const [row] = await db
          .insertInto("checkin")
          .values({
            checkin_id: checkin_id!,
            machine_id: machineId,
            slug,
            process,
            secret_hash: secretHash,
            schedule: null,
            max_micros: null,
            created_at: createdAt,
            last_at: null,
            last_signal: null,
            message: null,
          })
          .onConflict((conflict) => conflict.columns(["machine_id", "slug"]).doNothing())
          .returningAll()
          .execute();
        return row ? checkinOf(row) : "slug-taken";
      }),

    remove: (checkinId) =>
      engine.write(async (db) => {
        const removed = await db
          .deleteFrom("checkin")
          .where("checkin_id", "=", checkinId)
          .returning("checkin_id")
          .execute();
        return removed.length > 0;
      }),

    setSchedule: (checkinId, schedule) =>
      engine.write(async (db) => {
        const most = schedule?.maxSeconds;
        await db
          .updateTable("checkin")
          .set({
            schedule: schedule && JSON.stringify(schedule),
            max_micros: most === undefined ? null : Math.round(most * 1_000_000),
          })
          .where("checkin_id", "=", checkinId)
          .execute();
      }),

    heard: (news) =>
      engine.write(async (db) => {
        for (const { checkinId, at, signal, message } of news)
          await db
            .updateTable("checkin")
            .set({
              last_at: at,
              last_signal: signal,
              ...(message === undefined ? {} : { message: storableText(message) }),
            })
            .where("checkin_id", "=", checkinId)
            .execute();
      }),

    async openRun(machineId, executionId) {
      const row = await running(machineId).where("execution_id", "=", executionId).executeTakeFirst();
      return row ? fromTable(row) : null;
    },

    async openRuns(machineId, idPrefix) {
      const rows = await running(machineId)
        .where(sql<boolean>`starts_with(execution_id, ${idPrefix})`)
        .orderBy("started_at", "desc")
        .orderBy("execution_id", "desc")
        .limit(openAtMost)
        .execute();
      return rows.map(fromTable);
    },

    async overdue(now, idPrefix, usualLimit, most) {
      const number = sql`split_part(substr(r.execution_id, ${idPrefix.length + 1}::integer), '-', 1)`;
      const limit = sql<number>`coalesce(c.max_micros, ${usualLimit}::bigint)`;
      const { rows } = await sql<ExecutionTable & { most_micros: number }>`
        select r.*, ${limit} as most_micros from execution_running r
          join machine m on m.machine_id = r.machine_id
          left join checkin c on c.machine_id = r.machine_id and c.checkin_id::text = ${number}
        where starts_with(r.execution_id, ${idPrefix}) and r.started_at + ${limit} <= ${now}::bigint
        order by r.started_at limit ${most}`.execute(engine.read);
      return rows.map(({ most_micros, ...row }) => ({ row: fromTable(row), limit: most_micros }));
    },
  };
}

function checkinOf(row: Selectable<Tables["checkin"]>): CheckinRow {
  return {
    checkinId: row.checkin_id,
    machineId: row.machine_id,
    slug: row.slug,
    process: row.process,
    secretHash: row.secret_hash,
    schedule: row.schedule === null ? null : (JSON.parse(row.schedule) as CheckinSchedule),
    createdAt: row.created_at,
    lastAt: row.last_at,
    lastSignal: row.last_signal,
    message: row.message,
  };
}
