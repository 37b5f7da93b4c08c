/** Which states machines are in and were, and when nobody could tell. */
import type { BlindCause, HealthEvidence, MachineProbe, MachineState } from "@culprit/protocol";
import type { Selectable } from "kysely";
import type { Engine } from "./engine.ts";
import { integerSet, rowsOf } from "./sql.ts";
import type { BlindTime, HealthRow, HealthStore, WatchRow } from "./store.ts";
import type { Tables } from "./tables.ts";

/** DuckDB holds what a transaction inserts in memory, and not cheaply. */
const rowsPerWrite = 500;
const watchedName = "health-watched-until";

export function healthStore(engine: Engine): HealthStore {
  return {
    watched: async () =>
      (await engine.read.selectFrom("machine_watch").selectAll().execute()).map((row): WatchRow => ({
        machineId: row.machine_id,
        address: row.address,
        probe: row.probe === null ? null : (JSON.parse(row.probe) as MachineProbe),
        answered: row.answered === null ? null : (JSON.parse(row.answered) as WatchRow["answered"]),
      })),

    async watch(rows) {
      for (const some of slicesOf(rows))
        await engine.write(async (db) => {
          const ids = some.map(({ machineId }) => machineId);
          const before = await db
            .selectFrom("machine_watch")
            .selectAll()
            .where("machine_id", "in", integerSet(ids))
            .execute();
          const merged = new Map(before.map((row) => [row.machine_id, row]));
          for (const { machineId, address, probe, answered } of some) {
            const known = merged.get(machineId) ?? {
              machine_id: machineId,
              address: null,
              probe: null,
              answered: null,
            };
            merged.set(machineId, {
              ...known,
              ...(address === undefined ? {} : { address }),
              ...(probe === undefined ? {} : { probe: jsonOrNull(probe) }),
              ...(answered === undefined ? {} : { answered: jsonOrNull(answered) }),
            });
          }
          const all = [...merged.values()];
          // One statement: DuckDB takes milliseconds for each.
          await db
            .insertInto("machine_watch")
            .columns(["machine_id", "address", "probe", "answered"])
            .expression(
              rowsOf([
                { type: "integer", values: all.map((row) => row.machine_id) },
                { type: "text", values: all.map(({ address }) => address) },
                { type: "text", values: all.map(({ probe }) => probe) },
                { type: "text", values: all.map(({ answered }) => answered) },
              ]),
            )
            .onConflict((conflict) =>
              conflict.column("machine_id").doUpdateSet((set) => ({
                address: set.ref("excluded.address"),
                probe: set.ref("excluded.probe"),
                answered: set.ref("excluded.answered"),
              })),
            )
            .execute();
        });
    },

    current: async () =>
      (await engine.read.selectFrom("machine_health").selectAll().execute()).map((row) =>
        fromTable({ ...row, at: row.since }),
      ),

    async change(rows) {
      for (const some of slicesOf(rows))
        await engine.write(async (db) => {
          const before = await db
            .selectFrom("machine_health")
            .select(["machine_id", "state"])
            .where("machine_id", "in", integerSet(some.map(({ machineId }) => machineId)))
            .execute();
          const stateOf = new Map(before.map(({ machine_id, state }) => [machine_id, state]));
          const news = some.filter(({ machineId, state }) => {
            const isNews = stateOf.get(machineId) !== state;
            stateOf.set(machineId, state);
            return isNews;
          });
          if (news.length === 0) return;
          await db
            .insertInto("machine_transition")
            .columns(["machine_id", "at", "state", "evidence"])
            .expression(statesOf(news))
            .onConflict((conflict) => conflict.columns(["machine_id", "at"]).doNothing())
            .execute();
          const last = new Map(news.map((row) => [row.machineId, row]));
          await db
            .insertInto("machine_health")
            .columns(["machine_id", "since", "state", "evidence"])
            .expression(statesOf([...last.values()]))
            .onConflict((conflict) =>
              conflict.column("machine_id").doUpdateSet((set) => ({
                state: set.ref("excluded.state"),
                since: set.ref("excluded.since"),
                evidence: set.ref("excluded.evidence"),
              })),
            )
            .execute();
        });
    },

    async transitions({ from, to }, machineIds) {
      let inside = engine.read
        .selectFrom("machine_transition")
        .selectAll()
        .where("at", ">=", from)
        .where("at", "<", to);
      let before = engine.read
        .selectFrom("machine_transition")
        .select(({ fn }) => ["machine_id", fn.max("at").as("newest")])
        .where("at", "<", from)
        .groupBy("machine_id");
      if (machineIds) {
        inside = inside.where("machine_id", "in", integerSet(machineIds));
        before = before.where("machine_id", "in", integerSet(machineIds));
      }
      const [rows, last] = await Promise.all([
        inside.execute(),
        engine.read
          .selectFrom("machine_transition as t")
          .innerJoin(before.as("b"), (join) =>
            join.onRef("b.machine_id", "=", "t.machine_id").onRef("b.newest", "=", "t.at"),
          )
          .selectAll("t")
          .execute(),
      ]);
      return [...last, ...rows].map(fromTable).toSorted((a, b) => a.since - b.since);
    },

    async watchedUntil() {
      const row = await engine.read
        .selectFrom("property")
        .select("value")
        .where("name", "=", watchedName)
        .executeTakeFirst();
      return row ? Number(row.value) : null;
    },

    setWatchedUntil: (at) =>
      engine.write(async (db) => {
        const value = String(at);
        await db
          .insertInto("property")
          .values({ name: watchedName, value })
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
          .execute();
      }),

    async blindTimes({ from, to }) {
      const rows = await engine.read
        .selectFrom("blind_time")
        .selectAll()
        .where("began_at", "<", to)
        .where((where) => where.or([where("ended_at", ">", from), where("ended_at", "is", null)]))
        .orderBy("began_at")
        .execute();
      return rows.map((row): BlindTime => ({
        beganAt: row.began_at,
        endedAt: row.ended_at,
        cause: row.cause as BlindCause,
      }));
    },

    putBlindTime: ({ beganAt, endedAt, cause }) =>
      engine.write(async (db) => {
        await db
          .insertInto("blind_time")
          .values({ began_at: beganAt, ended_at: endedAt, cause })
          .onConflict((conflict) => conflict.column("began_at").doUpdateSet({ ended_at: endedAt }))
          .execute();
      }),
  };
}

function* slicesOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += rowsPerWrite) yield rows.slice(at, at + rowsPerWrite);
}

/** Machine, since, state, evidence. */
const statesOf = (rows: readonly HealthRow[]) =>
  rowsOf([
    { type: "integer", values: rows.map(({ machineId }) => machineId) },
    { type: "bigint", values: rows.map(({ since }) => since) },
    { type: "text", values: rows.map(({ state }) => state) },
    { type: "text", values: rows.map(({ evidence }) => JSON.stringify(evidence)) },
  ]);

const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

function fromTable(row: Selectable<Tables["machine_transition"]>): HealthRow {
  return {
    machineId: row.machine_id,
    state: row.state as MachineState,
    since: row.at,
    evidence: JSON.parse(row.evidence) as HealthEvidence[],
  };
}
