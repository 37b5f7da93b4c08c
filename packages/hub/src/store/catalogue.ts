/**
 * Names and series with their numbers. Numbers never change, so what was found once is remembered, within a bound; what is
 * missing is made in a transaction of its own, before the one that uses it.
 */
import type { SeriesDescription } from "@culprit/protocol";
import { type Kysely, sql } from "kysely";
import type { Engine } from "./engine.ts";
import { nameKey, nextNumber, textSet } from "./sql.ts";
import type { CatalogueStore } from "./store.ts";
import type { Tables } from "./tables.ts";

const rememberedNumbers = 100_000;
const rememberedMachines = 2000;

export function catalogueStore(engine: Engine): CatalogueStore {
  const processes = new Numbers(engine, nameTable("process"));
  const steps = new Numbers(engine, nameTable("step"));
  const series = new Map<number, Numbers<SeriesDescription>>();
  return {
    processIds: (names) => processes.of(names),
    stepIds: (names) => steps.of(names),
    seriesIds(machineId, descriptions) {
      let known = series.get(machineId);
      if (!known) {
        if (series.size >= rememberedMachines) series.clear();
        known = new Numbers(engine, seriesTable(machineId));
        series.set(machineId, known);
      }
      return known.of(descriptions);
    },
    async processes() {
      const rows = await engine.read
        .selectFrom("process")
        .select(["process_id", "name"])
        .orderBy("process_id")
        .execute();
      return rows.map((row) => ({ processId: row.process_id, name: row.name }));
    },
    async steps() {
      const rows = await engine.read
        .selectFrom("step")
        .select(["step_id", "name"])
        .orderBy("step_id")
        .execute();
      return rows.map((row) => ({ stepId: row.step_id, name: row.name }));
    },
    async processIdsOf(machineId) {
      const of = (table: "execution" | "execution_running") =>
        engine.read.selectFrom(table).select("process_id").where("machine_id", "=", machineId);
      const rows = await of("execution").union(of("execution_running")).execute();
      return rows.map((row) => row.process_id);
    },
  };
}

/** Where the numbers of some things are kept; `add` skips what another hub has made meanwhile. */
type Table<Thing> = {
  keyOf(thing: Thing): string;
  find(db: Kysely<Tables>, keys: readonly string[]): Promise<{ key: string; number: number }[]>;
  add(db: Kysely<Tables>, missing: ReadonlyMap<string, Thing>): Promise<unknown>;
};

class Numbers<Thing> {
  readonly #known = new Map<string, number>();
  readonly #engine: Engine;
  readonly #table: Table<Thing>;

  constructor(engine: Engine, table: Table<Thing>) {
    this.#engine = engine;
    this.#table = table;
  }

  async of(things: readonly Thing[]): Promise<number[]> {
    const keys = things.map((thing) => this.#table.keyOf(thing));
    const numbers = new Map<string, number>();
    const missing = new Map<string, Thing>();
    for (const [index, key] of keys.entries()) {
      const known = this.#known.get(key);
      if (known !== undefined) numbers.set(key, known);
      else if (!missing.has(key)) missing.set(key, things[index]!);
    }
    const found = (rows: { key: string; number: number }[]): void => {
      if (this.#known.size + rows.length > rememberedNumbers) this.#known.clear();
      for (const { key, number } of rows) {
        this.#known.set(key, number);
        numbers.set(key, number);
        missing.delete(key);
      }
    };
    if (missing.size > 0) found(await this.#table.find(this.#engine.read, [...missing.keys()]));
    if (missing.size > 0) {
      await this.#engine.write((db) => this.#table.add(db, missing));
      found(await this.#table.find(this.#engine.read, [...missing.keys()]));
    }
    return keys.map((key) => numbers.get(key)!);
  }
}

function nameTable(table: "process" | "step"): Table<string> {
  const id = sql.ref(`${table}_id`);
  return {
    keyOf: nameKey,
    async find(db, keys) {
      const { rows } = await sql<{ key: string; number: number }>`
        select name_key as key, ${id} as number from ${sql.table(table)} where name_key in ${textSet(keys)}`.execute(
        db,
      );
      return rows;
    },
    add: (db, missing) =>
      sql`
        insert into ${sql.table(table)} (${id}, name, name_key)
        select ${nextNumber(table)}, name, name_key
        from (select unnest(${[...missing.values()]}::text[]) as name, unnest(${[...missing.keys()]}::text[]) as name_key) as missing
        on conflict (name_key) do nothing`.execute(db),
  };
}

function seriesTable(machineId: number): Table<SeriesDescription> {
  return {
    keyOf: ({ metric, attributes }) => `${metric} ${canonicalAttributes(attributes)}`,
    // All of the machine's: a batch that brings one new series usually brings many.
    async find(db) {
      const rows = await db
        .selectFrom("series")
        .select(["series_id", "metric", "attributes"])
        .where("machine_id", "=", machineId)
        .execute();
      return rows.map((row) => ({ key: `${row.metric} ${row.attributes}`, number: row.series_id }));
    },
    add(db, missing) {
      const all = [...missing.values()];
      return sql`
        insert into series (machine_id, series_id, metric, attributes, unit, type)
        select ${sql.lit(machineId)}, ${nextNumber("series")}, metric, attributes, unit, type
        from (select
          unnest(${all.map(({ metric }) => metric)}::text[]) as metric,
          unnest(${all.map(({ attributes }) => canonicalAttributes(attributes))}::text[]) as attributes,
          unnest(${all.map(({ unit }) => unit)}::text[]) as unit,
          unnest(${all.map(({ type }) => type)}::text[]) as type) as missing
        on conflict (machine_id, metric, attributes) do nothing`.execute(db);
    },
  };
}

/** JSON with sorted keys: the same attributes are the same text. */
function canonicalAttributes(attributes: SeriesDescription["attributes"]): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
}
