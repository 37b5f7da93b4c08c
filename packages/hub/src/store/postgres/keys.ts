import { sql, type Transaction } from "kysely";
import type { NewKey } from "../engine.ts";
import { idOf } from "../execution-plan.ts";
import type { Tables } from "../tables.ts";

/** The unique index says what was there, without a search. */
export async function takeKeys(db: Transaction<Tables>, keys: readonly NewKey[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ machine_id: number; execution_id: string }>`
    insert into execution_key (machine_id, execution_id, started_at, seen_at)
    select
      unnest(${keys.map(({ machineId }) => machineId)}::integer[]),
      unnest(${keys.map(({ executionId }) => executionId)}::text[]),
      unnest(${keys.map(({ startedAt }) => startedAt)}::bigint[]),
      unnest(${keys.map(({ seenAt }) => seenAt)}::bigint[])
    on conflict (machine_id, execution_id) do nothing
    returning machine_id, execution_id`.execute(db);
  return new Set(rows.map((row) => idOf({ machineId: row.machine_id, executionId: row.execution_id })));
}
