import type { Engine } from "./engine.ts";
import { takeNumbers, textSet } from "./sql.ts";
import type { AuditRow, AuditStore } from "./store.ts";

export function auditStore(engine: Engine): AuditStore {
  return {
    add: (entry) =>
      engine.write(async (db) => {
        const [entry_id] = await takeNumbers(db, "audit", 1);
        await db
          .insertInto("audit")
          .values({ ...entry, entry_id: entry_id! })
          .execute();
      }),

    async list({ from, to, actions, actor, machine }, limit, before) {
      let query = engine.read
        .selectFrom("audit")
        .selectAll()
        .where("at", ">=", from)
        .where("at", "<", to)
        .orderBy("at", "desc")
        .orderBy("entry_id", "desc")
        .limit(limit);
      if (actions) query = query.where("action", "in", textSet(actions));
      if (actor !== undefined) query = query.where("actor", "=", actor);
      if (machine !== undefined) query = query.where("machine", "=", machine);
      if (before)
        query = query
          .where("at", "<=", before.at)
          .where((where) => where.or([where("at", "<", before.at), where("entry_id", "<", before.entryId)]));
      return (await query.execute()).map(({ entry_id, outcome, ...row }): AuditRow => ({
        ...row,
        entryId: entry_id,
        outcome: outcome as AuditRow["outcome"],
      }));
    },
  };
}
