import type { Engine } from "./engine.ts";
import type { MachineFactStore } from "./store.ts";

/** DuckDB holds what a transaction inserts in memory, and not cheaply. */
const rowsPerWrite = 500;

export function machineFactStore(engine: Engine): MachineFactStore {
  return {
    list: async () =>
      (await engine.read.selectFrom("machine_fact").selectAll().execute()).map((row) => ({
        machineId: row.machine_id,
        code: row.code,
        toldAt: row.told_at,
        content: row.content,
      })),

    async put(facts) {
      for (let at = 0; at < facts.length; at += rowsPerWrite)
        await engine.write(async (db) => {
          await db
            .insertInto("machine_fact")
            .values(
              facts.slice(at, at + rowsPerWrite).map(({ machineId, code, toldAt, content }) => ({
                machine_id: machineId,
                code,
                told_at: toldAt,
                content,
              })),
            )
            .onConflict((conflict) =>
              conflict.columns(["machine_id", "code"]).doUpdateSet((set) => ({
                told_at: set.ref("excluded.told_at"),
                content: set.ref("excluded.content"),
              })),
            )
            .execute();
        });
    },

    remove: (machineId, code) =>
      engine.write(async (db) => {
        await db
          .deleteFrom("machine_fact")
          .where("machine_id", "=", machineId)
          .where("code", "=", code)
          .execute();
      }),
  };
}
