import { executionFlags, executionKinds, type Micros } from "@culprit/protocol";
import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import { fromTable } from "./execution-rows.ts";
import { integerSet } from "./sql.ts";
import type { SupervisedRunStore } from "./store.ts";

/** Literals, so that PostgreSQL sees that its index of all but web requests serves. */
const web = sql.lit(executionKinds.indexOf("web"));
const untimed = sql.lit(1 << executionFlags.indexOf("duration-unknown"));
const shapes = ["int32", "int32", "uint8", "uint8", "uint8", "float64", "float64"] as const;

export function supervisedRunStore(engine: Engine): SupervisedRunStore {
  return {
    async ended({ from, machineIds, processIds }, limit) {
      let query = engine.read
        .selectFrom("execution")
        .select(["machine_id", "process_id", "kind", "outcome"])
        .select(sql<number>`case when flags & ${untimed} <> 0 then 0 else 1 end`.as("timed"))
        .select(["started_at", "ended_at"])
        .where("kind", "!=", web)
        .where("step_id", "=", 0)
        .where("ended_at", ">=", from);
      if (machineIds) query = query.where("machine_id", "in", integerSet(machineIds));
      if (processIds) query = query.where("process_id", "in", integerSet(processIds));
      // The newest are those that a bound must leave.
      const newest = query.orderBy("started_at", "desc").limit(limit);
      const columns = await engine.readColumns(newest.compile(), shapes);
      for (const column of columns) column.reverse();
      const [machineId, processId, kind, outcome, timed, startedAt, endedAt] = columns;
      return { machineId, processId, kind, outcome, timed, startedAt, endedAt };
    },

    async running(limit) {
      const rows = await engine.read
        .selectFrom("execution_running")
        .selectAll()
        .where("kind", "!=", web)
        .where("step_id", "=", 0)
        .orderBy("started_at", "desc")
        .limit(limit)
        .execute();
      return rows.map(fromTable);
    },

    async arrivedSince(since) {
      const rows = await engine.read
        .selectFrom("execution_key")
        .select("machine_id")
        .select(({ fn }) => fn.min<Micros>("started_at").as("started_at"))
        .where("seen_at", ">=", since)
        .groupBy("machine_id")
        .execute();
      return rows.map((row) => ({ machineId: row.machine_id, startedAt: row.started_at }));
    },
  };
}
