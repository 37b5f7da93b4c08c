import type { SupervisionDetail, SupervisionEnding, SupervisionEventKind } from "@culprit/protocol";
import type { Selectable } from "kysely";
import type { Engine } from "./engine.ts";
import { integerSet, takeNumbers, textSet } from "./sql.ts";
import type { SupervisionEventRow, SupervisionEventStore } from "./store.ts";
import type { Tables } from "./tables.ts";

/** DuckDB holds what a transaction inserts in memory, and not cheaply. */
const rowsPerWrite = 200;
const markName = "supervision-mark";

export function supervisionEventStore(engine: Engine): SupervisionEventStore {
  return {
    async list({ machineIds, processIds, kinds, from, to, open, withdrawn }, limit, before) {
      let query = engine.read
        .selectFrom("supervision_event")
        .selectAll()
        .where("began_at", "<", to)
        .where((where) => where.or([where("ended_at", ">=", from), where("ended_at", "is", null)]))
        .orderBy("began_at", "desc")
        .orderBy("event_id", "desc")
        .limit(limit);
      if (machineIds) query = query.where("machine_id", "in", integerSet(machineIds));
      if (processIds) query = query.where("process_id", "in", integerSet(processIds));
      if (kinds) query = query.where("kind", "in", textSet(kinds));
      if (open) query = query.where("ended_at", "is", null);
      if (!withdrawn) query = query.where("withdrawn", "=", false);
      if (before)
        query = query
          .where("began_at", "<=", before.beganAt)
          .where((where) =>
            where.or([where("began_at", "<", before.beganAt), where("event_id", "<", before.eventId)]),
          );
      return (await query.execute()).map(fromTable);
    },

    async put(events) {
      // Each machine's by itself: they lie with the machine.
      for (const own of slicesOf(events))
        await engine.write(async (db) => {
          const numbers = await takeNumbers(db, "supervision_event", own.length);
          const rows = own.map((event, at) => toTable({ ...event, eventId: numbers[at]! }));
          await db
            .insertInto("supervision_event")
            .values(rows)
            .onConflict((conflict) =>
              conflict.columns(["machine_id", "process_id", "kind", "subject"]).doUpdateSet((set) => ({
                began_at: set.ref("excluded.began_at"),
                expected_at: set.ref("excluded.expected_at"),
                execution_id: set.ref("excluded.execution_id"),
                detail: set.ref("excluded.detail"),
                ended_at: set.ref("excluded.ended_at"),
                ending: set.ref("excluded.ending"),
                withdrawn: set.ref("excluded.withdrawn"),
              })),
            )
            .execute();
        });
    },

    async endedSince({ from, machineIds, processIds }, limit) {
      const rows = await engine.read
        .selectFrom("supervision_event")
        .selectAll()
        .where("ended_at", ">=", from)
        .where("machine_id", "in", integerSet(machineIds))
        .where("process_id", "in", integerSet(processIds))
        .orderBy("ended_at", "desc")
        .limit(limit)
        .execute();
      return rows.map(fromTable);
    },

    async mark() {
      const row = await engine.read
        .selectFrom("property")
        .select("value")
        .where("name", "=", markName)
        .executeTakeFirst();
      return row?.value ?? null;
    },

    setMark: (value) =>
      engine.write(async (db) => {
        await db
          .insertInto("property")
          .values({ name: markName, value })
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
          .execute();
      }),
  };
}

function slicesOf<E extends { machineId: number }>(events: readonly E[]): E[][] {
  const slices: E[][] = [];
  for (const machineId of new Set(events.map((event) => event.machineId))) {
    const own = events.filter((event) => event.machineId === machineId);
    for (let at = 0; at < own.length; at += rowsPerWrite) slices.push(own.slice(at, at + rowsPerWrite));
  }
  return slices;
}

function toTable(row: SupervisionEventRow): Tables["supervision_event"] {
  return {
    machine_id: row.machineId,
    process_id: row.processId,
    kind: row.kind,
    subject: row.subject,
    event_id: row.eventId,
    began_at: row.beganAt,
    noticed_at: row.noticedAt,
    expected_at: row.expectedAt,
    execution_id: row.executionId,
    detail: JSON.stringify(row.detail),
    ended_at: row.endedAt,
    ending: row.ending,
    withdrawn: row.withdrawn,
  };
}

function fromTable(row: Selectable<Tables["supervision_event"]>): SupervisionEventRow {
  return {
    eventId: row.event_id,
    machineId: row.machine_id,
    processId: row.process_id,
    kind: row.kind as SupervisionEventKind,
    subject: row.subject,
    beganAt: row.began_at,
    noticedAt: row.noticed_at,
    expectedAt: row.expected_at,
    executionId: row.execution_id,
    detail: JSON.parse(row.detail) as SupervisionDetail,
    endedAt: row.ended_at,
    ending: row.ending as SupervisionEnding | null,
    withdrawn: row.withdrawn,
  };
}
