import type { SelectQueryBuilder } from "kysely";
import { sql } from "kysely";
import { executionFlags, executionKinds, executionOutcomes, type Micros } from "@culprit/protocol";
import type { Engine } from "./engine.ts";
import { fromTable } from "./execution-rows.ts";
import { orderOf, reorder } from "./order.ts";
import { bigintSet, integerSet, storableText } from "./sql.ts";
import type { ExecutionColumns, ExecutionFilter, ExecutionRow, ExecutionStore } from "./store.ts";
import type { ExecutionTable, Tables } from "./tables.ts";

type Query = SelectQueryBuilder<Tables & { e: ExecutionTable }, "e", object>;
type Table = (typeof tables)[number];

/** The finished and the running executions are two tables of one shape; every question is asked of both. */
const tables = ["execution", "execution_running"] as const;

export function executionStore(engine: Engine): ExecutionStore {
  const from = (table: Table): Query =>
    engine.read.selectFrom(sql<ExecutionTable>`${sql.table(table)}`.as("e"));

  /** Rows of both tables; each query is bounded by itself. */
  async function rows(narrow: (query: Query) => Query): Promise<ExecutionRow[]> {
    const [finished, running] = await Promise.all(
      tables.map((table) => narrow(from(table)).selectAll("e").execute()),
    );
    return [...finished!, ...running!].map(fromTable);
  }

  return {
    async list(filter, limit, before) {
      const found = await rows((query) => {
        let page = matching(query, filter)
          .orderBy("e.started_at", "desc")
          .orderBy("e.execution_id", "desc")
          .limit(limit);
        if (before)
          page = page
            .where("e.started_at", "<=", before.startedAt)
            .where((where) =>
              where.or([
                where("e.started_at", "<", before.startedAt),
                where("e.execution_id", "<", before.executionId),
              ]),
            );
        return page;
      });
      return found.toSorted(newestFirst).slice(0, limit);
    },

    byId: (executionId, machineId) =>
      rows((query) => {
        const found = query.where("e.execution_id", "=", executionId);
        return machineId === undefined ? found : found.where("e.machine_id", "=", machineId);
      }),

    async output(machineId, executionId) {
      const row = await engine.read
        .selectFrom("execution_output")
        .select("output")
        .where("machine_id", "=", machineId)
        .where("execution_id", "=", executionId)
        .executeTakeFirst();
      return row?.output ?? null;
    },

    changeOutput: (machineId, executionId, change) =>
      engine.write(async (db) => {
        const machine = db
          .selectFrom("machine_state")
          .select("machine_id")
          .where("machine_id", "=", machineId);
        // Intake waits here too: the run can't end meanwhile.
        await (engine.oneTransactionPerGroup ? machine : machine.forUpdate()).execute();
        const run = await db
          .selectFrom("execution_running")
          .select("started_at")
          .where("machine_id", "=", machineId)
          .where("execution_id", "=", executionId)
          .executeTakeFirst();
        if (!run) return false;
        const held = await db
          .deleteFrom("execution_output")
          .where("machine_id", "=", machineId)
          .where("execution_id", "=", executionId)
          .returning("output")
          .executeTakeFirst();
        const output = storableText(change(held?.output ?? null));
        await db
          .insertInto("execution_output")
          .values({ machine_id: machineId, execution_id: executionId, started_at: run.started_at, output })
          .execute();
        return true;
      }),

    async children(machineId, parentId) {
      const found = await rows((query) =>
        query.where("e.machine_id", "=", machineId).where("e.parent_id", "=", parentId),
      );
      return found.toSorted((a, b) => a.startedAt - b.startedAt);
    },

    async overlapping(filter, limit) {
      const shared = ({ startedAt, endedAt }: ExecutionRow): number =>
        Math.min(endedAt ?? filter.to, filter.to) - Math.max(startedAt, filter.from);
      const found = await rows((query) =>
        matching(query, filter)
          .orderBy(
            sql`least(coalesce(e.ended_at, ${filter.to}::bigint), ${filter.to}::bigint) - greatest(e.started_at, ${filter.from}::bigint)`,
            "desc",
          )
          .limit(limit),
      );
      return found.toSorted((a, b) => shared(b) - shared(a)).slice(0, limit);
    },

    startedAt(instants, machineIds, processIds) {
      if (instants.length === 0) return Promise.resolve([]);
      return rows((query) =>
        query
          .where("e.started_at", ">=", Math.min(...instants))
          .where("e.started_at", "<=", Math.max(...instants))
          .where("e.started_at", "in", bigintSet(instants))
          .where("e.machine_id", "in", integerSet(machineIds))
          .where("e.process_id", "in", integerSet(processIds)),
      );
    },

    async columns(filter, limit) {
      const finished = await readColumns(engine, from("execution"), filter, limit);
      const running = await readColumns(engine, from("execution_running"), filter, limit);
      return inOrder(joined(finished, running), limit);
    },

    async density(filter, part, limit) {
      // Literals, not parameters: PostgreSQL sees that what is selected is what is grouped by.
      const begun = sql<number>`(greatest(e.started_at, ${sql.lit(filter.from)}) - ${sql.lit(filter.from)})`;
      const at = sql<number>`(${begun} - ${begun} % ${sql.lit(part)})`;
      const found = await Promise.all(
        tables.map((table) =>
          matching(from(table), filter)
            .select(({ fn }) => [
              "e.machine_id as machineId",
              "e.process_id as processId",
              "e.step_id as stepId",
              at.as("at"),
              fn.countAll<number>().as("runs"),
              sql<number>`sum(case when e.outcome in (${sql.join(badOutcomes.map((one) => sql.lit(one)))}) then 1 else 0 end)::double precision`.as(
                "failed",
              ),
              sql<number>`coalesce(sum(${knownEnd} - e.started_at), 0)::double precision`.as("busyMicros"),
            ])
            .groupBy(["e.machine_id", "e.process_id", "e.step_id", at])
            .limit(limit)
            .execute(),
        ),
      );
      return found.flat().map(({ at, ...row }) => ({ ...row, part: Math.round(at / part) }));
    },

    async newest() {
      const [finished, running] = await Promise.all(
        tables.map((table) =>
          from(table)
            .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("e.started_at").as("startedAt")])
            .executeTakeFirstOrThrow(),
        ),
      );
      const newest = Math.max(finished!.startedAt ?? -1, running!.startedAt ?? -1);
      return { count: finished!.count + running!.count, startedAt: newest < 0 ? null : newest };
    },
  };
}

function matching(query: Query, filter: ExecutionFilter): Query {
  const { machineIds, processIds, stepId, kinds, outcomes, from, to } = filter;
  let matched = query
    .where("e.started_at", "<", to)
    .where((where) => where.or([where("e.ended_at", ">=", from), where("e.ended_at", "is", null)]));
  if (machineIds) matched = matched.where("e.machine_id", "in", integerSet(machineIds));
  if (processIds) matched = matched.where("e.process_id", "in", integerSet(processIds));
  if (stepId !== undefined) matched = matched.where("e.step_id", "=", stepId);
  if (kinds)
    matched = matched.where("e.kind", "in", integerSet(kinds.map((kind) => executionKinds.indexOf(kind))));
  if (outcomes)
    matched = matched.where(
      "e.outcome",
      "in",
      integerSet(outcomes.map((outcome) => executionOutcomes.indexOf(outcome))),
    );
  return matched;
}

function newestFirst(a: ExecutionRow, b: ExecutionRow): number {
  return b.startedAt - a.startedAt || (a.executionId < b.executionId ? 1 : -1);
}

/** Null for a run whose length is not known: the analysis must not take it for a duration. */
const knownEnd = sql<Micros | null>`case when e.flags & ${sql.lit(1 << executionFlags.indexOf("duration-unknown"))} <> 0
  then null else e.ended_at end`;

const badOutcomes = (["failed", "timeout", "lost"] as const).map((one) => executionOutcomes.indexOf(one));

const shapes = ["int32", "int32", "int32", "uint8", "uint8", "float64", "float64"] as const;

async function readColumns(
  engine: Engine,
  query: Query,
  filter: ExecutionFilter,
  limit: number,
): Promise<ExecutionColumns> {
  const all = matching(query, filter);
  const { count } = await all.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  const selected = all.select([
    "e.machine_id",
    "e.process_id",
    "e.step_id",
    "e.kind",
    "e.outcome",
    "e.started_at",
    knownEnd.as("ended_at"),
  ]);
  // Sorting here costs a fraction of what the engine needs; it is asked to only to find the newest.
  const bounded = count > limit ? selected.orderBy("e.started_at", "desc").limit(limit) : selected;
  const [machineId, processId, stepId, kind, outcome, startedAt, endedAt] = await engine.readColumns(
    bounded.compile(),
    shapes,
  );
  return { length: startedAt.length, machineId, processId, stepId, kind, outcome, startedAt, endedAt };
}

/** By start, and at most `limit` of the newest. */
function inOrder(columns: ExecutionColumns, limit: number): ExecutionColumns {
  const order = orderOf(columns.startedAt);
  if (!order && columns.length <= limit) return columns;
  const all = order ?? Uint32Array.from(columns.startedAt, (_, index) => index);
  const newest = all.subarray(Math.max(0, all.length - limit));
  return {
    length: newest.length,
    machineId: reorder(columns.machineId, newest),
    processId: reorder(columns.processId, newest),
    stepId: reorder(columns.stepId, newest),
    kind: reorder(columns.kind, newest),
    outcome: reorder(columns.outcome, newest),
    startedAt: reorder(columns.startedAt, newest),
    endedAt: reorder(columns.endedAt, newest),
  };
}

function joined(finished: ExecutionColumns, running: ExecutionColumns): ExecutionColumns {
  if (running.length === 0) return finished;
  const length = finished.length + running.length;
  return {
    length,
    machineId: join(new Int32Array(length), finished.machineId, running.machineId),
    processId: join(new Int32Array(length), finished.processId, running.processId),
    stepId: join(new Int32Array(length), finished.stepId, running.stepId),
    kind: join(new Uint8Array(length), finished.kind, running.kind),
    outcome: join(new Uint8Array(length), finished.outcome, running.outcome),
    startedAt: join(new Float64Array(length), finished.startedAt, running.startedAt),
    endedAt: join(new Float64Array(length), finished.endedAt, running.endedAt),
  };
}

function join<A extends Int32Array | Uint8Array | Float64Array>(whole: A, a: A, b: A): A {
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
