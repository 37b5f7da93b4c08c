/** Removal by age, in slices that each are a small transaction. */
import type { Micros } from "@culprit/protocol";
import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import { markKeysRemoved } from "./forgotten-keys.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** The newest are kept. */
const transitionsOfACheck = 2000;
const slice = 6 * 3600 * 1_000_000;

export function removal(engine: Engine): Store["removeBefore"] {
  return async ({ samples, executions, keys }) => {
    await engine.write((db) => markKeysRemoved(db, keys));
    return {
      sample: await removeOld(engine, "sample", "at", samples),
      sample_rollup: await removeOld(engine, "sample_rollup", "at", samples),
      os_process_sample: await removeOld(engine, "os_process_sample", "at", samples),
      benchmark_score: await removeOld(engine, "benchmark_score", "at", executions),
      hub_score: await removeOld(engine, "hub_score", "at", executions),
      check_result: await removeOld(engine, "check_result", "at", samples),
      execution: await removeOld(engine, "execution", "started_at", executions),
      execution_running: await removeOld(engine, "execution_running", "started_at", executions),
      execution_output: await removeOld(engine, "execution_output", "started_at", executions),
      audit: await removeOld(engine, "audit", "at", executions),
      supervision_event: await removeOld(engine, "supervision_event", "began_at", executions),
      machine_transition: await removeOldStates(engine, "machine_transition", "machine_id", executions),
      check_transition:
        (await removeOldStates(engine, "check_transition", "check_id", executions)) +
        (await removeSurplusTransitions(engine)),
      blind_time: await removeOld(engine, "blind_time", "began_at", executions),
      execution_key: await removeOld(engine, "execution_key", "seen_at", keys),
      // Sessions, one-time links and what enrols; others have no end.
      access_token: await removeOld(engine, "access_token", "expires_at", keys),
      dead_letter: await removeOld(engine, "dead_letter", "received_at", keys),
    };
  };
}

/** The last state before stays: it is what the machine was in from there on. */
async function removeOldStates(
  engine: Engine,
  table: "machine_transition" | "check_transition",
  subject: "machine_id" | "check_id",
  before: Micros,
): Promise<number> {
  const [states, id] = [sql.table(table), sql.ref(subject)];
  const result = await engine.write((db) =>
    sql`delete from ${states} as old where old."at" < ${before}::bigint and exists (
      select 1 from ${states} as later where later.${id} = old.${id} and later.machine_id = old.machine_id
        and later."at" > old."at" and later."at" <= ${before}::bigint)`.execute(db),
  );
  return Number(result.numAffectedRows ?? 0n);
}

/** Of a check that changes with every look. */
async function removeSurplusTransitions(engine: Engine): Promise<number> {
  const result = await engine.write((db) =>
    sql`delete from check_transition as old using (
      select machine_id, check_id, "at", row_number() over (
        partition by machine_id, check_id order by "at" desc) as place from check_transition) as ranked
      where ranked.place > ${transitionsOfACheck}::integer and ranked.machine_id = old.machine_id
        and ranked.check_id = old.check_id and ranked."at" = old."at"`.execute(db),
  );
  return Number(result.numAffectedRows ?? 0n);
}

async function removeOld(
  engine: Engine,
  table: keyof Tables,
  column: string,
  before: Micros,
): Promise<number> {
  const time = sql.ref(column);
  const oldest = await sql<{ oldest: Micros | null }>`
    select min(${time}) as oldest from ${sql.table(table)}`.execute(engine.read);
  let removed = 0;
  const from = oldest.rows[0]?.oldest ?? before;
  for (let end = from; end < before;) {
    end = Math.min(before, end + slice);
    const result = await engine.write((db) =>
      sql`delete from ${sql.table(table)} where ${time} < ${end}::bigint`.execute(db),
    );
    removed += Number(result.numAffectedRows ?? 0n);
  }
  return removed;
}
