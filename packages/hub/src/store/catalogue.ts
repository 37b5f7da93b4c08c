/**
 * Names and series with their numbers. Numbers never change, so what was found once is remembered, within a bound; what is
 * missing is made in a transaction of its own, before the one that uses it.
 */
import type { SeriesDescription } from "@culprit/protocol";
import { type Kysely, sql } from "kysely";
import { canonicalAttributes } from "./canonical-attributes.ts";
import type { Engine } from "./engine.ts";
import { integerSet, nameKey, nextNumber, textSet } from "./sql.ts";
import type { CatalogueStore, MachineSeries } from "./store.ts";
import type { Tables } from "./tables.ts";

const rememberedNumbers = 100_000;

export function catalogueStore(engine: Engine): CatalogueStore {
  const processes = new Numbers(engine, nameTable("process"));
  const steps = new Numbers(engine, nameTable("step"));
  return {
    processIds: (names) => processes.of(names),
    stepIds: (names) => steps.of(names),
    seriesIds: (series) => seriesIds(engine, series),
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

/** Whoever asks remembers them: of thousands of machines there are very many. */
async function seriesIds(engine: Engine, series: readonly MachineSeries[]): Promise<number[]> {
  const keys = series.map(({ machineId, description }) => seriesKey(machineId, description));
  const machineIds = [...new Set(series.map(({ machineId }) => machineId))];
  const found = new Map<string, number>();
  const find = async () => {
    // All of the machines': a batch that brings one new series usually brings many.
    const rows = await engine.read
      .selectFrom("series")
      .select(["series_id", "machine_id", "metric", "attributes"])
      .where("machine_id", "in", integerSet(machineIds))
      .execute();
    for (const row of rows) found.set(`${row.machine_id} ${row.metric} ${row.attributes}`, row.series_id);
  };
  await find();
  const missing = new Map<string, MachineSeries>();
  for (const [at, key] of keys.entries()) if (!found.has(key)) missing.set(key, series[at]!);
  if (missing.size > 0) {
    await engine.write((db) => addSeries(db, missing));
    await find();
  }
  return keys.map((key) => found.get(key)!);
}

const seriesKey = (machineId: number, { metric, attributes }: SeriesDescription): string =>
  `${machineId} ${metric} ${canonicalAttributes(attributes)}`;

/** Skips what another hub has made meanwhile. In an order that all hubs keep, so that none waits for another in a circle. */
function addSeries(db: Kysely<Tables>, missing: ReadonlyMap<string, MachineSeries>): Promise<unknown> {
  const all = [...missing.keys()].toSorted().map((key) => missing.get(key)!);
  const texts = (of: (description: SeriesDescription) => string) =>
    sql`unnest(${all.map(({ description }) => of(description))}::text[])`;
  return sql`
    insert into series (machine_id, series_id, metric, attributes, unit, type)
    select machine_id, ${nextNumber("series")}, metric, attributes, unit, type
    from (select
      unnest(${all.map(({ machineId }) => machineId)}::integer[]) as machine_id,
      ${texts(({ metric }) => metric)} as metric,
      ${texts(({ attributes }) => canonicalAttributes(attributes))} as attributes,
      ${texts(({ unit }) => unit)} as unit,
      ${texts(({ type }) => type)} as type) as missing
    on conflict (machine_id, metric, attributes) do nothing`.execute(db);
}
