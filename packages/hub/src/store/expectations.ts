import type { ExpectationSource } from "@culprit/protocol";
import type { Selectable, Transaction } from "kysely";
import type { Engine } from "./engine.ts";
import { integerSet, takeNumbers } from "./sql.ts";
import type { ExpectationRow, ExpectationStore } from "./store.ts";
import type { Tables } from "./tables.ts";

/** DuckDB holds what a transaction inserts in memory, and not cheaply. */
const rowsPerWrite = 200;

export function expectationStore(engine: Engine): ExpectationStore {
  return {
    async list() {
      const rows = await engine.read
        .selectFrom("expectation")
        .selectAll()
        .orderBy("expectation_id")
        .execute();
      return rows.map(fromTable);
    },

    async put(expectations) {
      const stored: ExpectationRow[] = [];
      for (let at = 0; at < expectations.length; at += rowsPerWrite) {
        const some = expectations.slice(at, at + rowsPerWrite);
        stored.push(...(await engine.write((db) => putSome(db, some))));
      }
      return stored;
    },

    remove: (expectationIds) =>
      engine.write(async (db) => {
        const removed = await db
          .deleteFrom("expectation")
          .where("expectation_id", "in", integerSet(expectationIds))
          .returning("expectation_id")
          .execute();
        return removed.length;
      }),
  };
}

async function putSome(
  db: Transaction<Tables>,
  wishes: readonly Omit<ExpectationRow, "expectationId">[],
): Promise<ExpectationRow[]> {
  const keyOf = (one: Pick<ExpectationRow, "machineId" | "processId" | "source">): string =>
    `${one.machineId} ${one.processId} ${one.source}`;
  const found = await db
    .selectFrom("expectation")
    .selectAll()
    .where("machine_id", "in", integerSet([...new Set(wishes.map(({ machineId }) => machineId))]))
    .where("process_id", "in", integerSet([...new Set(wishes.map(({ processId }) => processId))]))
    .execute();
  const known = new Map(found.map(fromTable).map((one) => [keyOf(one), one]));
  const numbers = await takeNumbers(db, "expectation", wishes.length);
  const rows = wishes.map((wish, at): ExpectationRow => {
    const before = known.get(keyOf(wish));
    return {
      ...wish,
      expectationId: before?.expectationId ?? numbers[at]!,
      effectiveFrom: before && sameSchedule(before, wish) ? before.effectiveFrom : wish.effectiveFrom,
    };
  });
  await db
    .insertInto("expectation")
    .values(rows.map(toTable))
    .onConflict((conflict) =>
      conflict.columns(["machine_id", "process_id", "source"]).doUpdateSet((set) => ({
        cron: set.ref("excluded.cron"),
        time_zone: set.ref("excluded.time_zone"),
        every_seconds: set.ref("excluded.every_seconds"),
        grace_seconds: set.ref("excluded.grace_seconds"),
        max_seconds: set.ref("excluded.max_seconds"),
        min_seconds: set.ref("excluded.min_seconds"),
        enabled: set.ref("excluded.enabled"),
        confidence: set.ref("excluded.confidence"),
        effective_from: set.ref("excluded.effective_from"),
        changed_at: set.ref("excluded.changed_at"),
      })),
    )
    .execute();
  return rows;
}

type Schedule = Pick<ExpectationRow, "cron" | "timeZone" | "everySeconds" | "enabled">;

function sameSchedule(a: Schedule, b: Schedule): boolean {
  return (
    a.cron === b.cron &&
    a.timeZone === b.timeZone &&
    a.everySeconds === b.everySeconds &&
    a.enabled === b.enabled
  );
}

function toTable(row: ExpectationRow): Tables["expectation"] {
  return {
    expectation_id: row.expectationId,
    machine_id: row.machineId,
    process_id: row.processId,
    source: row.source,
    cron: row.cron,
    time_zone: row.timeZone,
    every_seconds: row.everySeconds,
    grace_seconds: row.graceSeconds,
    max_seconds: row.maxSeconds,
    min_seconds: row.minSeconds,
    enabled: row.enabled,
    confidence: row.confidence,
    effective_from: row.effectiveFrom,
    changed_at: row.changedAt,
  };
}

function fromTable(row: Selectable<Tables["expectation"]>): ExpectationRow {
  return {
    expectationId: row.expectation_id,
    machineId: row.machine_id,
    processId: row.process_id,
    source: row.source as ExpectationSource,
    cron: row.cron,
    timeZone: row.time_zone,
    everySeconds: row.every_seconds,
    graceSeconds: row.grace_seconds,
    maxSeconds: row.max_seconds,
    minSeconds: row.min_seconds,
    enabled: row.enabled,
    confidence: row.confidence,
    effectiveFrom: row.effective_from,
    changedAt: row.changed_at,
  };
}
