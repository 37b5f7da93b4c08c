import type { DuckDBConnection } from "@duckdb/node-api";
import type { Transaction } from "kysely";
import type { NewKey } from "../engine.ts";
import { idOf } from "../execution-plan.ts";
import { integerSet, textSet } from "../sql.ts";
import type { Tables } from "../tables.ts";
import { appendColumns } from "./append.ts";

/**
 * A scan, not an index: one of a million ids took more memory than the whole store has, and a commit longer than the scan
 * (some 20 ms for a million). Nobody else writes, so what is not there now is new.
 */
export async function takeKeys(
  db: Transaction<Tables>,
  writer: DuckDBConnection,
  keys: readonly NewKey[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom("execution_key")
    .select(["machine_id", "execution_id"])
    .where("machine_id", "in", integerSet([...new Set(keys.map(({ machineId }) => machineId))]))
    .where("execution_id", "in", textSet(keys.map(({ executionId }) => executionId)))
    .execute();
  const known = new Set(
    rows.map((row) => idOf({ machineId: row.machine_id, executionId: row.execution_id })),
  );
  const fresh = keys.filter((key) => !known.has(idOf(key)));
  await appendColumns(writer, "execution_key", {
    machine_id: fresh.map(({ machineId }) => machineId),
    execution_id: fresh.map(({ executionId }) => executionId),
    started_at: fresh.map(({ startedAt }) => startedAt),
    seen_at: fresh.map(({ seenAt }) => seenAt),
  });
  return new Set(fresh.map(idOf));
}
