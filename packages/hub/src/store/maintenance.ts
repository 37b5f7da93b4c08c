/** When machines are worked on by plan. */
import type { MaintenanceSchedule } from "@culprit/protocol";
import type { Selectable } from "kysely";
import type { Engine } from "./engine.ts";
import { takeNumbers } from "./sql.ts";
import type { MaintenanceRow, MaintenanceStore } from "./store.ts";
import type { Tables } from "./tables.ts";

export function maintenanceStore(engine: Engine): MaintenanceStore {
  return {
    list: async () =>
      (await engine.read.selectFrom("maintenance").selectAll().orderBy("maintenance_id").execute()).map(
        fromTable,
      ),

    add: (row, most) =>
      engine.write(async (db) => {
        const { count } = await db
          .selectFrom("maintenance")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow();
        if (count >= most) return "too-many";
        const [maintenance_id] = await takeNumbers(db, "maintenance", 1);
        const made = await db
          .insertInto("maintenance")
          .values({
            maintenance_id: maintenance_id!,
            machine_id: row.machineId,
            name: row.name,
            schedule: JSON.stringify(row.schedule),
            from_at: row.from,
            until_at: row.until,
            created_at: row.createdAt,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return fromTable(made);
      }),

    change: (maintenanceId, { name, schedule, from, until }) =>
      engine.write(async (db) => {
        const changes = {
          ...(name === undefined ? {} : { name }),
          ...(schedule === undefined ? {} : { schedule: JSON.stringify(schedule) }),
          ...(from === undefined ? {} : { from_at: from }),
          ...(until === undefined ? {} : { until_at: until }),
        };
        const rows = db.selectFrom("maintenance").select("maintenance_id");
        const found = await rows.where("maintenance_id", "=", maintenanceId).executeTakeFirst();
        if (found && Object.keys(changes).length > 0)
          await db
            .updateTable("maintenance")
            .set(changes)
            .where("maintenance_id", "=", maintenanceId)
            .execute();
        return found !== undefined;
      }),

    remove: (maintenanceId) =>
      engine.write(async (db) => {
        const removed = await db
          .deleteFrom("maintenance")
          .where("maintenance_id", "=", maintenanceId)
          .returning("maintenance_id")
          .execute();
        return removed.length > 0;
      }),
  };
}

function fromTable(row: Selectable<Tables["maintenance"]>): MaintenanceRow {
  return {
    maintenanceId: row.maintenance_id,
    machineId: row.machine_id,
    name: row.name,
    schedule: JSON.parse(row.schedule) as MaintenanceSchedule,
    from: row.from_at,
    until: row.until_at,
    createdAt: row.created_at,
  };
}
