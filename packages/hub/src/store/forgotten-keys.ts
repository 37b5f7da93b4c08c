/**
 * Keys of executions are kept for some days, so that their table stays small. Of what is older than the keys that were
 * removed the executions themselves say whether they are there: an import of last year counts once, however often it comes.
 */
import type { Micros } from "@culprit/protocol";
import type { Kysely } from "kysely";
import { idOf } from "./execution-plan.ts";
import { bigintSet, integerSet, textSet } from "./sql.ts";
import type { ExecutionRow } from "./store.ts";
import type { Tables } from "./tables.ts";

const markName = "keys-removed-before";
const hour: Micros = 3_600_000_000;
/** An execution may be recorded this long before it starts, by a clock that is ahead. */
const ahead: Micros = 24 * hour;

/** To be called before keys are removed. The mark never falls. */
export async function markKeysRemoved(db: Kysely<Tables>, before: Micros): Promise<void> {
  const value = String(Math.max(before, await keysRemovedBefore(db)));
  await db
    .insertInto("property")
    .values({ name: markName, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

async function keysRemovedBefore(db: Kysely<Tables>): Promise<Micros> {
  const mark = await db
    .selectFrom("property")
    .select("value")
    .where("name", "=", markName)
    .executeTakeFirst();
  return Number(mark?.value ?? -Infinity);
}

/** Those of `rows`, by `idOf`, that are stored although their key is gone. Most of intake is new and costs no query. */
export async function storedWithoutKey(
  db: Kysely<Tables>,
  rows: readonly (ExecutionRow & { seenAt: Micros })[],
): Promise<Set<string>> {
  if (!rows.some(({ startedAt, seenAt }) => startedAt < seenAt - hour)) return new Set();
  const horizon = (await keysRemovedBefore(db)) + ahead;
  const old = rows.filter(({ startedAt }) => startedAt < horizon);
  if (old.length === 0) return new Set();
  const instants = old.map(({ startedAt }) => startedAt);
  const found = await db
    .selectFrom("execution")
    .select(["machine_id", "execution_id"])
    .where("machine_id", "in", integerSet([...new Set(old.map(({ machineId }) => machineId))]))
    // The bounds let an engine skip what the sets alone would make it read.
    .where(
      "started_at",
      ">=",
      instants.reduce((a, b) => Math.min(a, b)),
    )
    .where(
      "started_at",
      "<=",
      instants.reduce((a, b) => Math.max(a, b)),
    )
    .where("started_at", "in", bigintSet([...new Set(instants)]))
    .where("execution_id", "in", textSet(old.map(({ executionId }) => executionId)))
    .execute();
  return new Set(
    found.map(({ machine_id, execution_id }) => idOf({ machineId: machine_id, executionId: execution_id })),
  );
}
