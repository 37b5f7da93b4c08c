/** Executions as columns, which the analysis reads: of the finished and the running ones, by start. */
import { executionFlags, type Micros } from "@culprit/protocol";
import { sql, type RawBuilder, type SelectQueryBuilder } from "kysely";
import type { ArrayOf, ColumnShape, Engine } from "./engine.ts";
import { orderOf, reorder } from "./order.ts";
import type { ExecutionTable, Tables } from "./tables.ts";

type Query = SelectQueryBuilder<Tables & { e: ExecutionTable }, "e", object>;
type Shapes = Record<string, ColumnShape>;
type Selected<S extends Shapes> = { [C in keyof S]: { shape: S[C]; of: RawBuilder<unknown> } };
type Read<S extends Shapes> = { length: number } & { [C in keyof S]: ArrayOf[S[C]] };
type AnyArray = ArrayOf[ColumnShape];

/** Null for a run whose length is not known: the analysis must not take it for a duration. */
export const knownEnd = sql<Micros | null>`case when e.flags & ${sql.lit(1 << executionFlags.indexOf("duration-unknown"))} <> 0
  then null else e.ended_at end`;

const runs = {
  machineId: { shape: "int32", of: sql`e.machine_id` },
  processId: { shape: "int32", of: sql`e.process_id` },
  kind: { shape: "uint8", of: sql`e.kind` },
  outcome: { shape: "uint8", of: sql`e.outcome` },
  startedAt: { shape: "float64", of: sql`e.started_at` },
  endedAt: { shape: "float64", of: knownEnd },
} as const;

export const durations = { ...runs, stepId: { shape: "int32", of: sql`e.step_id` } } as const;

export const measurements = {
  ...runs,
  flags: { shape: "int32", of: sql`e.flags::integer` },
  part: { shape: "uint8", of: sql`(case when e.parent_id is null then 0 else 1 end)::smallint` },
  cpuSeconds: { shape: "float32", of: sql`e.cpu_seconds` },
  ioBytes: {
    shape: "float32",
    of: sql`(case when e.io_read_bytes is null and e.io_write_bytes is null then null
      else coalesce(e.io_read_bytes, 0) + coalesce(e.io_write_bytes, 0) end)::double precision`,
  },
  peakCpuCores: { shape: "float32", of: sql`e.peak_cpu_cores` },
  peakIoBytesPerSecond: { shape: "float32", of: sql`e.peak_io_bytes_per_second` },
} as const;

/** The newest `limit` rows of all queries together. */
export async function readColumns<S extends Shapes>(
  engine: Engine,
  queries: readonly Query[],
  columns: Selected<S>,
  limit: number,
): Promise<Read<S>> {
  const names: readonly (keyof S & string)[] = Object.keys(columns);
  let all: AnyArray[] | null = null;
  for (const query of queries) {
    const more = await readOne(engine, query, names, columns, limit);
    all = all === null ? more : more[0]!.length === 0 ? all : all.map((array, at) => join(array, more[at]!));
  }
  const read = inOrder(all ?? [], names.indexOf("startedAt"), limit);
  return {
    length: read[0]?.length ?? 0,
    ...(Object.fromEntries(names.map((name, at) => [name, read[at]!])) as { [C in keyof S]: ArrayOf[S[C]] }),
  };
}

async function readOne<S extends Shapes>(
  engine: Engine,
  query: Query,
  names: readonly (keyof S & string)[],
  columns: Selected<S>,
  limit: number,
): Promise<AnyArray[]> {
  const selected = query.select(names.map((name) => columns[name].of.as(name)));
  const shapes: readonly ColumnShape[] = names.map((name) => columns[name].shape);
  const all = await engine.readColumns(selected.limit(limit + 1).compile(), shapes);
  if (all[0]!.length <= limit) return [...all];
  // Sorting here costs a fraction of what the engine needs; it is asked to only to find the newest.
  return [
    ...(await engine.readColumns(selected.orderBy("e.started_at", "desc").limit(limit).compile(), shapes)),
  ];
}

/** By start, and at most `limit` of the newest. */
function inOrder(columns: AnyArray[], startedAt: number, limit: number): AnyArray[] {
  const starts = columns[startedAt];
  if (!(starts instanceof Float64Array)) return columns;
  const order = orderOf(starts);
  if (!order && starts.length <= limit) return columns;
  const all = order ?? Uint32Array.from(starts, (_, index) => index);
  const newest = all.subarray(Math.max(0, all.length - limit));
  return columns.map((column) => reorder(column, newest));
}

function join(a: AnyArray, b: AnyArray): AnyArray {
  const length = a.length + b.length;
  const whole =
    a instanceof Float64Array
      ? new Float64Array(length)
      : a instanceof Float32Array
        ? new Float32Array(length)
        : a instanceof Int32Array
          ? new Int32Array(length)
          : new Uint8Array(length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
