/** Executions as columns, which the analysis reads: of the finished and the running ones, by start. */
import { executionFlags, type Micros } from "@culprit/protocol";
import { sql, type RawBuilder, type SelectQueryBuilder } from "kysely";
import type { ArrayOf, ColumnShape, Engine } from "./engine.ts";
import { orderOf, reorderAll } from "./order.ts";
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

/** The newest `limit` rows of all queries together, by start. */
export async function readColumns<S extends Shapes>(
  engine: Engine,
  queries: readonly Query[],
  columns: Selected<S>,
  limit: number,
): Promise<Read<S>> {
  const names: readonly (keyof S & string)[] = Object.keys(columns);
  const shapes: readonly ColumnShape[] = names.map((name) => columns[name].shape);
  const selected = queries
    .map((query) => query.select(names.map((name) => columns[name].of.as(name))))
    .reduce((all, more) => all.unionAll(more));
  let all = await engine.readColumns(selected.limit(limit + 1).compile(), shapes);
  // Sorting here costs a fraction of what the engine needs; it is asked to only to find the newest.
  if (all[0]!.length > limit)
    all = await engine.readColumns(
      selected.orderBy(sql.ref("startedAt"), "desc").limit(limit).compile(),
      shapes,
    );
  const read = inOrder(all, names.indexOf("startedAt"));
  return {
    length: read[0]?.length ?? 0,
    ...(Object.fromEntries(names.map((name, at) => [name, read[at]!])) as { [C in keyof S]: ArrayOf[S[C]] }),
  };
}

function inOrder(columns: readonly AnyArray[], startedAt: number): readonly AnyArray[] {
  const starts = columns[startedAt];
  const order = starts instanceof Float64Array ? orderOf(starts) : null;
  if (order) reorderAll(columns, order);
  return columns;
}
