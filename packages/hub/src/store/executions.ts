import type { SelectQueryBuilder } from "kysely";
import { sql } from "kysely";
import { executionKinds, executionOutcomes, type Micros } from "@culprit/protocol";
import type { Engine } from "./engine.ts";
import { durations, knownEnd, measurements, readColumns } from "./execution-columns.ts";
import { fromTable } from "./execution-rows.ts";
import { bigintSet, integerSet, storableText } from "./sql.ts";
import type { ExecutionFilter, ExecutionRow, ExecutionStore } from "./store.ts";
import type { ExecutionTable, Tables } from "./tables.ts";

type Query = SelectQueryBuilder<Tables & { e: ExecutionTable }, "e", object>;
type Table = (typeof tables)[number];

/** The finished and the running executions are two tables of one shape; every question is asked of both. */
const tables = ["execution", "execution_running"] as const;

export function executionStore(engine: Engine): ExecutionStore {
  const from = (table: Table): Query =>
    engine.read.selectFrom(sql<ExecutionTable>`${sql.table(table)}`.as("e"));

  /** Rows of both tables; each query is bounded by itself. */
  async function rows(narrow: (query: Query, table: Table) => Query): Promise<ExecutionRow[]> {
    const [finished, running] = await Promise.all(
      tables.map((table) => narrow(from(table), table).selectAll("e").execute()),
    );
    return [...finished!, ...running!].map(fromTable);
  }

  async function newest(): ReturnType<ExecutionStore["newest"]> {
    const [finished, running] = await Promise.all(
      tables.map((table) =>
        from(table)
          .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("e.started_at").as("startedAt")])
          .executeTakeFirstOrThrow(),
      ),
    );
    const newest = Math.max(finished!.startedAt ?? -1, running!.startedAt ?? -1);
    return { count: finished!.count + running!.count, startedAt: newest < 0 ? null : newest };
  }

  const narrowed = (filter: ExecutionFilter): Query[] =>
    tables.map((table) => matching(from(table), table, filter));

  return {
    async list(filter, limit, before) {
      const found = await rows((query, table) => {
        let page = matching(query, table, filter)
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

    async byId(executionId, machineId) {
      const named = (query: Query) => query.where("e.execution_id", "=", executionId);
      if (machineId === undefined) return rows(named);
      const ofMachine = (query: Query) => named(query).where("e.machine_id", "=", machineId);
      // Most are asked for while they are new, and an engine without an index looks at every id of the time it is given.
      const { startedAt } = await newest();
      const since = (startedAt ?? 0) - recent;
      const found = await rows((query) => ofMachine(query).where("e.started_at", ">=", since));
      return found.length > 0 ? found : rows(ofMachine);
    },

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
      const found = await rows((query, table) =>
        matching(query, table, filter)
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

    columns: (filter, limit) => readColumns(engine, narrowed(filter), durations, limit),

    measured: (filter, limit) => readColumns(engine, narrowed({ ...filter, stepId: 0 }), measurements, limit),

    async density(filter, part, limit) {
      // Literals, not parameters: PostgreSQL sees that what is selected is what is grouped by.
      const begun = sql<number>`(greatest(e.started_at, ${sql.lit(filter.from)}) - ${sql.lit(filter.from)})`;
      const at = sql<number>`(${begun} - ${begun} % ${sql.lit(part)})`;
      const found = await Promise.all(
        tables.map((table) =>
          matching(from(table), table, filter)
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

    newest,
  };
}

function matching(query: Query, table: Table, filter: ExecutionFilter): Query {
  const { machineIds, processIds, stepId, kinds, outcomes, from, to } = filter;
  let matched = query.where("e.started_at", "<", to);
  // Finished ones all have an end; only without an alternative can an engine pass over the times before.
  if (table === "execution") matched = matched.where("e.ended_at", ">=", from);
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

const recent: Micros = 35 * 86_400_000_000;

const badOutcomes = (["failed", "timeout", "lost"] as const).map((one) => executionOutcomes.indexOf(one));
