import type { Computer, Labels } from "@culprit/protocol";
import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import { nameKey, takeNumbers } from "./sql.ts";
import type { MachineStore } from "./store.ts";

export function machineStore(engine: Engine): MachineStore {
  return {
    async list() {
      const rows = await engine.read
        .selectFrom("machine as m")
        .leftJoin("machine_state as s", "s.machine_id", "m.machine_id")
        .select(["m.machine_id", "m.name", "m.paused", "m.enrolled_at"])
        .select(["m.labels", "m.group_name", "m.time_zone", "m.enrolled_with"])
        .select(["s.last_contact_at", "s.last_sample_at", "s.clock_offset_micros", "s.computer"])
        .orderBy("m.machine_id")
        .execute();
      return rows.map((row) => ({
        machineId: row.machine_id,
        name: row.name,
        paused: row.paused,
        enrolledAt: row.enrolled_at,
        lastContactAt: row.last_contact_at,
        lastSampleAt: row.last_sample_at,
        clockOffsetMicros: row.clock_offset_micros,
        computer: row.computer === null ? null : (JSON.parse(row.computer) as Computer),
        labels: row.labels === null ? {} : (JSON.parse(row.labels) as Labels),
        group: row.group_name,
        timeZone: row.time_zone,
        enrolledWith: row.enrolled_with,
      }));
    },

    async create(name, now, { labels, group = null, enrolledWith = null } = {}) {
      const machineId = await engine.write(async (db) => {
        const key = nameKey(name);
        const taken = await db
          .selectFrom("machine")
          .select("machine_id")
          .where("name_key", "=", key)
          .execute();
        if (taken.length > 0) return null;
        const [machine_id] = await takeNumbers(db, "machine", 1);
        const inserted = await db
          .insertInto("machine")
          .values({
            machine_id: machine_id!,
            name,
            name_key: key,
            paused: false,
            enrolled_at: now,
            labels: labels === undefined ? null : JSON.stringify(labels),
            group_name: group,
            time_zone: null,
            enrolled_with: enrolledWith,
          })
          .onConflict((conflict) => conflict.column("name_key").doNothing())
          .returning("machine_id")
          .execute();
        return inserted[0]?.machine_id ?? null;
      });
      // In a transaction of its own: the registry is one table for all, the state lies with the machine's data.
      if (machineId !== null)
        await engine.write(async (db) => {
          await db
            .insertInto("machine_state")
            .values({
              machine_id: machineId,
              last_contact_at: null,
              last_sample_at: null,
              clock_offset_micros: null,
              computer: null,
            })
            .execute();
        });
      return machineId;
    },

    change: (machineId, { name, paused, labels, group, timeZone, enrolledWith }) =>
      engine.write(async (db) => {
        const found = await db
          .selectFrom("machine")
          .select("machine_id")
          .where("machine_id", "=", machineId)
          .execute();
        if (found.length === 0) return "absent";
        if (name !== undefined) {
          const taken = await db
            .selectFrom("machine")
            .select("machine_id")
            .where("name_key", "=", nameKey(name))
            .where("machine_id", "!=", machineId)
            .execute();
          if (taken.length > 0) return "name-taken";
        }
        const set = {
          ...(name === undefined ? {} : { name, name_key: nameKey(name) }),
          ...(paused === undefined ? {} : { paused }),
          ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
          ...(group === undefined ? {} : { group_name: group }),
          ...(timeZone === undefined ? {} : { time_zone: timeZone }),
          ...(enrolledWith === undefined ? {} : { enrolled_with: enrolledWith }),
        };
        if (Object.keys(set).length === 0) return "changed";
        await db.updateTable("machine").set(set).where("machine_id", "=", machineId).execute();
        return "changed";
      }),

    async remove(machineId) {
      const removed = await engine.write(async (db) => {
        await db.deleteFrom("access_token").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("checkin").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("check_definition").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("maintenance").where("machine_id", "=", machineId).execute();
        const rows = await db
          .deleteFrom("machine")
          .where("machine_id", "=", machineId)
          .returning("machine_id")
          .execute();
        return rows.length > 0;
      });
      await engine.write(async (db) => {
        await db.deleteFrom("stream_mark").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("machine_state").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("machine_watch").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("machine_fact").where("machine_id", "=", machineId).execute();
        await db.deleteFrom("machine_health").where("machine_id", "=", machineId).execute();
      });
      return removed;
    },

    contact: (contacts) =>
      engine.write(async (db) => {
        await sql`
          update machine_state set
            last_contact_at = news."at",
            clock_offset_micros = coalesce(news.clock_offset, clock_offset_micros)
          from (select
            unnest(${contacts.map(({ machineId }) => machineId)}::integer[]) as id,
            unnest(${contacts.map(({ at }) => at)}::bigint[]) as "at",
            unnest(${contacts.map(({ clockOffsetMicros }) => clockOffsetMicros ?? null)}::bigint[]) as clock_offset) as news
          where machine_state.machine_id = news.id`.execute(db);
      }),
  };
}
