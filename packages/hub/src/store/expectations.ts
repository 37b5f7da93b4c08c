import type { ExpectationSource } from "@culprit/protocol";
import type { Selectable } from "kysely";
import type { Engine } from "./engine.ts";
import { integerSet, takeNumbers } from "./sql.ts";
import type { ExpectationRow, ExpectationStore } from "./store.ts";
import type { Tables } from "./tables.ts";

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

    put: (expectations) =>
      engine.write(async (db) => {
        if (expectations.length === 0) return [];
        const numbers = await takeNumbers(db, "expectation", expectations.length);
        const stored: ExpectationRow[] = [];
        for (const [at, wish] of expectations.entries()) {
          const known = await db
            .selectFrom("expectation")
            .selectAll()
            .where("machine_id", "=", wish.machineId)
            .where("process_id", "=", wish.processId)
            .where("source", "=", wish.source)
            .executeTakeFirst();
          const before = known && fromTable(known);
          const row = {
            ...wish,
            expectationId: before?.expectationId ?? numbers[at]!,
            effectiveFrom: before && sameSchedule(before, wish) ? before.effectiveFrom : wish.effectiveFrom,
          };
          const { expectation_id, machine_id, process_id, source, ...rest } = toTable(row);
          if (before)
            await db
              .updateTable("expectation")
              .set(rest)
              .where("expectation_id", "=", expectation_id)
              .execute();
          else
            await db
              .insertInto("expectation")
              .values({ expectation_id, machine_id, process_id, source, ...rest })
              .onConflict((conflict) =>
                conflict.columns(["machine_id", "process_id", "source"]).doUpdateSet(rest),
              )
              .execute();
          stored.push(row);
        }
        return stored;
      }),

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
