/** What is probed on a schedule, and what was found. */
import { sql, type Selectable } from "kysely";
import { fromResultTable, fromTransitionTable, toResultTable, toTransitionTable } from "./check-rows.ts";
import type { Micros } from "@culprit/protocol";
import type { Engine } from "./engine.ts";
import { integerSet, rowsOf, takeNumbers } from "./sql.ts";
import type { CheckRow, CheckStore } from "./store.ts";
import type { Tables } from "./tables.ts";

/** DuckDB holds what a transaction inserts in memory, and not cheaply. */
const rowsPerInsert = 500;

export function checkStore(engine: Engine): CheckStore {
  return {
    list: async () =>
      (await engine.read.selectFrom("check_definition").selectAll().orderBy("check_id").execute()).map(
        checkOf,
      ),

    add: (check, mostPerMachine) =>
      engine.write(async (db) => {
        const { count } = await db
          .selectFrom("check_definition")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("machine_id", "=", check.machineId)
          .executeTakeFirstOrThrow();
        if (count >= mostPerMachine) return "too-many";
        const [check_id] = await takeNumbers(db, "check", 1);
        const [row] = await db
          .insertInto("check_definition")
          .values({
            check_id: check_id!,
            machine_id: check.machineId,
            name: check.name,
            name_key: keyOf(check.name),
            target: JSON.stringify(check.target),
            interval_seconds: check.intervalSeconds,
            timeout_seconds: check.timeoutSeconds,
            retries: check.retries,
            running: check.running,
            belief: "null",
            believed_until: 0,
            created_at: check.createdAt,
          })
          .onConflict((conflict) => conflict.columns(["machine_id", "name_key"]).doNothing())
          .returningAll()
          .execute();
        return row ? checkOf(row) : "name-taken";
      }),

    change: (checkId, { name, target, intervalSeconds, timeoutSeconds, retries, running }) =>
      engine.write(async (db) => {
        const own = await db
          .selectFrom("check_definition")
          .select(["machine_id", "name_key"])
          .where("check_id", "=", checkId)
          .executeTakeFirst();
        if (!own) return "absent";
        // DuckDB refuses an update of a unique column to its own value when it deletes and inserts the row.
        const renamed = name !== undefined && keyOf(name) !== own.name_key;
        if (renamed) {
          const taken = await db
            .selectFrom("check_definition")
            .select("check_id")
            .where("machine_id", "=", own.machine_id)
            .where("name_key", "=", keyOf(name))
            .executeTakeFirst();
          if (taken) return "name-taken";
        }
        const changes = {
          ...(name === undefined ? {} : { name }),
          ...(renamed ? { name_key: keyOf(name) } : {}),
          ...(target === undefined ? {} : { target: JSON.stringify(target) }),
          ...(intervalSeconds === undefined ? {} : { interval_seconds: intervalSeconds }),
          ...(timeoutSeconds === undefined ? {} : { timeout_seconds: timeoutSeconds }),
          ...(retries === undefined ? {} : { retries }),
          ...(running === undefined ? {} : { running }),
        };
        if (Object.keys(changes).length > 0)
          await db.updateTable("check_definition").set(changes).where("check_id", "=", checkId).execute();
        return "changed";
      }),

    remove: (checkId) =>
      engine.write(async (db) => {
        const removed = await db
          .deleteFrom("check_definition")
          .where("check_id", "=", checkId)
          .returning("check_id")
          .execute();
        return removed.length > 0;
      }),

    believe: (news, transitions) =>
      engine.write(async (db) => {
        for (let at = 0; at < transitions.length; at += rowsPerInsert)
          await db
            .insertInto("check_transition")
            .values(transitions.slice(at, at + rowsPerInsert).map(toTransitionTable))
            .onConflict((conflict) => conflict.columns(["machine_id", "check_id", "at"]).doNothing())
            .execute();
        for (const { checkId, belief, until } of news)
          await db
            .updateTable("check_definition")
            .set({ belief: JSON.stringify(belief), believed_until: until })
            .where("check_id", "=", checkId)
            .execute();
      }),

    async transitions(checkIds, { from, to }, most) {
      if (checkIds.length === 0) return [];
      const own = engine.read
        .selectFrom("check_transition")
        .where("check_id", "in", integerSet([...checkIds]));
      const before = own
        .where("at", "<", from)
        .select(({ fn }) => ["check_id", fn.max("at").as("nearest")])
        .groupBy("check_id");
      const after = own
        .where("at", ">=", to)
        .select(({ fn }) => ["check_id", fn.min("at").as("nearest")])
        .groupBy("check_id");
      const nearest = (chosen: typeof before) =>
        engine.read
          .selectFrom("check_transition as t")
          .innerJoin(chosen.as("c"), (join) =>
            join.onRef("c.check_id", "=", "t.check_id").onRef("c.nearest", "=", "t.at"),
          )
          .selectAll("t")
          .execute();
      const [inside, last, next] = await Promise.all([
        own
          .selectAll()
          .where("at", ">=", from)
          .where("at", "<", to)
          .orderBy("at", "desc")
          .limit(most)
          .execute(),
        nearest(before),
        nearest(after),
      ]);
      // Between what came before and the newest of too many nobody may say what was believed.
      const known = inside.length < most ? [...inside, ...last, ...next] : [...inside, ...next];
      return known.map(fromTransitionTable).toSorted((a, b) => a.at - b.at);
    },

    addResults: (rows) =>
      engine.write(async (db) => {
        if (rows.length === 0) return;
        await db
          .insertInto("check_result")
          .values(rows.map((row) => ({ machine_id: 0, ...toResultTable(row) })))
          .execute();
      }),

    async results(checkIds, { from, to }, most) {
      if (checkIds.length === 0) return [];
      const rows = await engine.read
        .selectFrom("check_result")
        .selectAll()
        .where("check_id", "in", integerSet([...checkIds]))
        .where("at", ">=", from)
        .where("at", "<", to)
        .orderBy("at", "desc")
        .limit(most)
        .execute();
      return rows.map(fromResultTable);
    },

    async resultsAfter(checks, most) {
      if (checks.length === 0) return [];
      const instants = checks.map(({ after }) => after);
      // The earliest instant keeps DuckDB from reading all that was ever found.
      const { rows } = await sql<Selectable<Tables["check_result"]>>`
        select r.* from check_result as r
          join (${eachWith(checks, instants)}) as asked (check_id, later_than) on asked.check_id = r.check_id
        where r."at" > ${least(instants)}::bigint and r."at" > asked.later_than
        order by r."at" limit ${most}`.execute(engine.read);
      return rows.map(fromResultTable);
    },

    async resultsAt(checks) {
      if (checks.length === 0) return [];
      const instants = checks.map(({ at }) => at);
      // The span of the instants keeps DuckDB from reading all that was ever found.
      const { rows } = await sql<Selectable<Tables["check_result"]>>`
        select r.* from check_result as r
          join (${eachWith(checks, instants)}) as asked (check_id, instant)
            on asked.check_id = r.check_id and asked.instant = r."at"
        where r."at" between ${least(instants)}::bigint and ${latest(instants)}::bigint`.execute(engine.read);
      return rows.map(fromResultTable);
    },
  };
}

/** Checks, each with an instant of its own. */
const eachWith = (checks: readonly { checkId: number }[], instants: readonly Micros[]) =>
  rowsOf([
    { type: "integer", values: checks.map(({ checkId }) => checkId) },
    { type: "bigint", values: instants },
  ]);

const least = (instants: readonly Micros[]): Micros =>
  instants.reduce((found, one) => Math.min(found, one), Infinity);
const latest = (instants: readonly Micros[]): Micros =>
  instants.reduce((found, one) => Math.max(found, one), -Infinity);

function keyOf(name: string): string {
  return name.toLowerCase();
}

function checkOf(row: Selectable<Tables["check_definition"]>): CheckRow {
  return {
    checkId: row.check_id,
    machineId: row.machine_id,
    name: row.name,
    target: JSON.parse(row.target) as CheckRow["target"],
    intervalSeconds: row.interval_seconds,
    timeoutSeconds: row.timeout_seconds,
    retries: row.retries,
    running: row.running,
    belief: JSON.parse(row.belief) as unknown,
    believedUntil: row.believed_until,
    createdAt: row.created_at,
  };
}
