import type { Micros, SeriesDescription } from "@culprit/protocol";
import { sql, type RawBuilder } from "kysely";
import { canonicalAttributes } from "./canonical-attributes.ts";
import type { Engine } from "./engine.ts";
import { rolledUpUntil, rollupStep } from "./rollup.ts";
import { integerSet, textSet } from "./sql.ts";
import type { SampleStore, SeriesColumns, SeriesKind } from "./store.ts";

type Described = { seriesId: number; machineId: number; description: SeriesDescription };

export function sampleStore(engine: Engine): SampleStore {
  const describedSeries = () =>
    engine.read
      .selectFrom("series")
      .select(["series_id", "machine_id", "metric", "attributes", "unit", "type"])
      .orderBy("series_id");

  async function described(machineIds: readonly number[], metrics?: readonly string[]): Promise<Described[]> {
    let query = describedSeries().where("machine_id", "in", integerSet(machineIds));
    if (metrics) query = query.where("metric", "in", textSet(metrics));
    return (await query.execute()).map(descriptionOf);
  }

  async function machinesOf(seriesIds: readonly number[]): Promise<number[]> {
    const rows = await engine.read
      .selectFrom("series")
      .select("machine_id")
      .distinct()
      .where("series_id", "in", integerSet(seriesIds))
      .execute();
    return rows.map((row) => row.machine_id);
  }

  return {
    described,

    async series(seriesIds, from, to, step) {
      const rows = await describedSeries().where("series_id", "in", integerSet(seriesIds)).execute();
      const all = rows.map(descriptionOf);
      const machineIds = [...new Set(all.map(({ machineId }) => machineId))];
      const rolledUp = step % rollupStep === 0 ? await rolledUpUntil(engine.read) : null;
      const first = rolledUp === null ? from : from - (from % rollupStep);
      const chosen = sql`machine_id in ${integerSet(machineIds)} and series_id in ${integerSet(seriesIds)}
        and "at" >= ${first}::bigint and "at" < ${to}::bigint`;
      const bucket = sql`"at" - ("at" - ${first}::bigint) % ${step}::bigint`;
      const query = sql`
        select series_id, ${bucket} as bucket, sum(total) / sum(weight)
        from (${pointsOf(chosen, rolledUp)}) as points group by 1, 2 order by 1, 2`.compile(engine.read);
      const [ids, times, values] = await engine.readColumns(query, ["int32", "float64", "float64"]);
      return all.map((series) => ({ ...series, ...slice(series.seriesId, ids, times, values) }));
    },

    async kinds(machineIds, metrics) {
      const rows = await engine.read
        .selectFrom("series")
        .select(["metric", "attributes"])
        .select(({ fn }) => [fn.count<number>("machine_id").distinct().as("machines")])
        .where("machine_id", "in", integerSet(machineIds))
        .where("metric", "in", textSet(metrics))
        .groupBy(["metric", "attributes"])
        .orderBy("metric")
        .orderBy("attributes")
        .execute();
      return rows.map(({ metric, attributes, machines }) => ({
        metric,
        attributes: JSON.parse(attributes) as SeriesDescription["attributes"],
        machines,
      }));
    },

    async combined(machineIds, columns, { from, to }, step) {
      const rolledUp = step % rollupStep === 0 ? await rolledUpUntil(engine.read) : null;
      const chosen = sql`machine_id in ${integerSet(machineIds)} and series_id in (select series_id from wanted)
        and "at" >= ${from}::bigint and "at" < ${to}::bigint`;
      const query = sql`
        with ${wantedSeries(machineIds, columns)}
        select machine_id, bucket, ${columnsOf(columns)}
        from (
          select series_id, "at" - ("at" - ${from}::bigint) % ${step}::bigint as bucket, sum(total) / sum(weight) as level
          from (${pointsOf(chosen, rolledUp)}) as points group by 1, 2) as levels
        join wanted using (series_id)
        group by 1, 2 order by 1, 2`.compile(engine.read);
      const [machineId, at, ...values] = await engine.readColumns(query, [
        "int32",
        "float64",
        ...columns.map(() => "float32" as const),
      ]);
      return { machineId, at, values };
    },

    async averages(seriesIds, windows) {
      const values = new Float64Array(seriesIds.length * windows.length).fill(Number.NaN);
      if (values.length === 0) return values;
      const position = new Map(seriesIds.map((seriesId, at) => [seriesId, at]));
      const machineIds = await machinesOf(seriesIds);
      const rolledUp = await rolledUpUntil(engine.read);
      // Each window scans its own stretch of time alone, and few together: all at once would not fit into the engine's memory.
      for (let first = 0; first < windows.length; first += windowsAtOnce) {
        const stretches = windows.slice(first, first + windowsAtOnce).map(({ from, to }, at) => {
          const chosen = sql`machine_id in ${integerSet(machineIds)} and series_id in ${integerSet(seriesIds)}
            and "at" >= ${from}::bigint and "at" < ${to}::bigint`;
          const whole = from % rollupStep === 0 && to % rollupStep === 0;
          return sql`select ${sql.lit(first + at)} as slot, series_id, total, weight
            from (${pointsOf(chosen, whole ? rolledUp : null)}) as points`;
        });
        const query = sql`
          select slot, series_id, sum(total) / sum(weight)
          from (${sql.join(stretches, sql` union all `)}) as around group by 1, 2`.compile(engine.read);
        const [slots, ids, averages] = await engine.readColumns(query, ["int32", "int32", "float64"]);
        for (const [at, id] of ids.entries())
          values[position.get(id)! * windows.length + slots[at]!] = averages[at]!;
      }
      return values;
    },

    async totals(seriesIds, from, to) {
      const rolledUp = await rolledUpUntil(engine.read);
      const machineIds = await machinesOf(seriesIds);
      const first = Math.ceil(from / rollupStep) * rollupStep;
      const last = to < rolledUp ? to - (to % rollupStep) : to;
      const chosen = sql`machine_id in ${integerSet(machineIds)} and series_id in ${integerSet(seriesIds)}
        and "at" >= ${first}::bigint and "at" < ${last}::bigint`;
      const query = sql`
        select series_id, sum(total) from (${pointsOf(chosen, rolledUp)}) as points group by 1`.compile(
        engine.read,
      );
      const [ids, totals] = await engine.readColumns(query, ["int32", "float64"]);
      return new Map(Array.from(ids, (id, index) => [id, totals[index]!]));
    },

    // A counter's increment says what it covers. A gauge speaks for the time up to it: as much as lies between it and the
    // nearer of its neighbours, so that the first one after a gap does not speak for the gap.
    async means(machineId, windows, metrics) {
      const all = await described([machineId], metrics);
      const position = new Map(all.map(({ seriesId }, index) => [seriesId, index]));
      const means = all.map(({ description }) => ({
        description,
        values: new Float64Array(windows.length).fill(Number.NaN),
      }));
      // Few together, as above: eleven need half of the engine's memory, however little they hold.
      for (let first = 0; first < windows.length; first += windowsAtOnce) {
        const rows = windows.slice(first, first + windowsAtOnce).map(
          ({ from, to }, at) => sql`
          select ${sql.lit(first + at)} as slot, ${from}::bigint as since, ${to}::bigint as until, series_id, "at", value,
            interval_seconds
          from sample
          where machine_id = ${machineId} and series_id in ${integerSet([...position.keys()])}
            and "at" >= ${from}::bigint - ${longestInterval} and "at" < ${to}::bigint + ${longestInterval}`,
        );
        const query = sql`
        select slot, series_id, sum(level * weight) / sum(weight)
        from (
          select slot, series_id,
            case when interval_seconds > 0 then value / interval_seconds else value end as level,
            greatest(1, least("at", until) - greatest("at" - span, since)) as weight
          from (
            select slot, since, until, series_id, "at", value, interval_seconds,
              case when interval_seconds > 0 then interval_seconds * 1e6 else coalesce(
                least("at" - lag("at") over series, lead("at") over series - "at"), 0) end as span
            from (${sql.join(rows, sql` union all `)}) as around
            window series as (partition by slot, series_id order by "at")) as spanning
          where "at" - span < until and ("at" > since or ("at" = since and span = 0))) as touching
        group by slot, series_id`.compile(engine.read);
        const [slots, ids, values] = await engine.readColumns(query, ["int32", "int32", "float64"]);
        for (const [index, id] of ids.entries())
          means[position.get(id)!]!.values[slots[index]!] = values[index]!;
      }
      return means;
    },

    async newest(machineIds, columns, since) {
      const query = sql`
        with ${wantedSeries(machineIds, columns)},
        recent as (
          select series_id, "at", value, interval_seconds from sample
          where machine_id in ${integerSet(machineIds)} and series_id in (select series_id from wanted)
            and "at" >= ${since}::bigint)
        select machine_id, ${columnsOf(columns)}
        from (
          select series_id, max(case when interval_seconds > 0 then value / interval_seconds else value end) as level
          from recent join (select series_id, max("at") as "at" from recent group by series_id) as last
            using (series_id, "at")
          group by series_id) as levels
        join wanted using (series_id)
        group by machine_id order by machine_id`.compile(engine.read);
      const [machineId, ...values] = await engine.readColumns(query, [
        "int32",
        ...columns.map(() => "float64" as const),
      ]);
      return { machineId, values };
    },
  };
}

type CombinedColumn = { kinds: readonly SeriesKind[]; by: "sum" | "max" };

/** A table `wanted` of the machines' series of these kinds; `belongs` is the place of their column. */
function wantedSeries(
  machineIds: readonly number[],
  columns: readonly CombinedColumn[],
): RawBuilder<unknown> {
  const kinds = columns.flatMap((column) => column.kinds);
  const belongs = columns.flatMap((column, at) => column.kinds.map(() => at));
  return sql`wanted as (
    select machine_id, series_id, belongs from series
    join (select
      unnest(${kinds.map(({ metric }) => metric)}::text[]) as metric,
      unnest(${kinds.map(({ attributes }) => canonicalAttributes(attributes))}::text[]) as attributes,
      unnest(${belongs}::integer[]) as belongs) as kind using (metric, attributes)
    where machine_id in ${integerSet(machineIds)})`;
}

/** The columns from rows of `belongs` and `level`. */
function columnsOf(columns: readonly CombinedColumn[]): RawBuilder<unknown> {
  return sql.join(
    columns.map(
      ({ by }, at) =>
        sql`${by === "sum" ? sql`sum` : sql`max`}(case when belongs = ${sql.lit(at)} then level end)`,
    ),
  );
}

/** Rows of samples, from the roll-up as far as they are in it (null: none of it). */
function pointsOf(chosen: RawBuilder<unknown>, rolledUp: Micros | null): RawBuilder<unknown> {
  const raw = sql`
    select series_id, "at", value as total, case when interval_seconds > 0 then interval_seconds else 1 end as weight
    from sample where ${chosen}`;
  if (rolledUp === null) return raw;
  return sql`select series_id, "at", total, weight from sample_rollup where ${chosen}
    union all ${raw} and arrived_at > ${rolledUp}::bigint`;
}

const windowsAtOnce = 2;

/** A sample is looked for up to this long after the window it may reach into. */
const longestInterval = 600_000_000;

function slice(
  seriesId: number,
  ids: Int32Array,
  times: Float64Array,
  values: Float64Array,
): Pick<SeriesColumns, "times" | "values"> {
  const first = ids.indexOf(seriesId);
  if (first === -1) return { times: new Float64Array(), values: new Float64Array() };
  const end = ids.lastIndexOf(seriesId) + 1;
  return { times: times.slice(first, end), values: values.slice(first, end) };
}

function descriptionOf(row: {
  series_id: number;
  machine_id: number;
  metric: string;
  attributes: string;
  unit: string;
  type: SeriesDescription["type"];
}): Described {
  const { metric, unit, type } = row;
  const attributes = JSON.parse(row.attributes) as SeriesDescription["attributes"];
  return {
    seriesId: row.series_id,
    machineId: row.machine_id,
    description: { metric, attributes, unit, type },
  };
}
