/** One transaction of intake: what its parts bring and the marks that say so become visible together or not at all. */
import type { Micros } from "@culprit/protocol";
import { sql, type Transaction } from "kysely";
import type { Engine } from "./engine.ts";
import { ExecutionPlan, idOf } from "./execution-plan.ts";
import { fromTable, toColumns, toTable } from "./execution-rows.ts";
import { storedWithoutKey } from "./forgotten-keys.ts";
import {
  checkResultColumnsOf,
  osProcessColumnsOf,
  sampleColumnsOf,
  scoreColumnsOf,
} from "./intake-columns.ts";
import { integerSet, rowsOf, storableText, textSet } from "./sql.ts";
import type {
  BatchResult,
  DirectExecutions,
  DirectResult,
  ExecutionRow,
  IntakeBatch,
  ReportedExecution,
} from "./store.ts";
import { advance, judge, noMark, type StreamMark } from "./stream-marks.ts";
import type { Tables } from "./tables.ts";

type Db = Transaction<Tables>;

export async function storeParts(
  engine: Engine,
  db: Db,
  batches: readonly IntakeBatch[],
  direct: readonly DirectExecutions[],
  arrivedAt: Micros,
): Promise<{ batches: BatchResult[]; direct: DirectResult[] }> {
  const present = await lockMachines(engine, db, batches, direct);
  const marks = await readMarks(db, batches);
  const touched = new Map<string, IntakeBatch>();
  /** Machines that begin a stream. */
  const begun = new Set<number>();
  const results = batches.map((batch): BatchResult => {
    if (!present.has(batch.machineId)) return machineRemoved;
    const stream = streamOf(batch);
    const mark = marks.get(stream) ?? noMark;
    const result = judge(mark, batch);
    if (result.status === "stored") {
      marks.set(stream, advance(mark, batch));
      touched.set(stream, batch);
      if (mark === noMark) begun.add(batch.machineId);
    }
    return result;
  });
  const stored = batches.filter((_, index) => results[index]!.status === "stored");
  const requests = direct.map(({ executions, receivedAt }) => ({
    refused: executions.some(({ machineId }) => !present.has(machineId)),
    executions,
    receivedAt,
  }));
  const taken = await storeExecutions(engine, db, [...stored, ...requests.filter(({ refused }) => !refused)]);
  await engine.append(db, "sample", sampleColumnsOf(stored, arrivedAt));
  await engine.append(db, "benchmark_score", scoreColumnsOf(stored));
  await engine.append(db, "check_result", checkResultColumnsOf(stored));
  await engine.append(db, "os_process_sample", osProcessColumnsOf(stored));
  await writeMarks(db, marks, touched);
  await forgetOldestMarks(db, begun);
  await writeStates(db, stored);
  await writeDeadLetters(db, stored);
  const counts = taken.slice(stored.length).values();
  return {
    batches: results,
    direct: requests.map(({ refused, executions }) => {
      if (refused) return { status: "refused", detail: machineRemoved.detail };
      const accepted = counts.next().value ?? 0;
      return { status: "stored", accepted, duplicates: executions.length - accepted };
    }),
  };
}

const machineRemoved = {
  status: "refused",
  code: "not-found",
  detail: "the machine is not, or no longer, enrolled",
} as const;

function streamOf({ machineId, stream }: IntakeBatch): string {
  return `${machineId} ${stream}`;
}

/** The machines that are enrolled. On PostgreSQL other hubs wait here until this transaction ends, machine by machine. */
async function lockMachines(
  engine: Engine,
  db: Db,
  batches: readonly IntakeBatch[],
  direct: readonly DirectExecutions[],
): Promise<Set<number>> {
  const all = new Set(batches.map(({ machineId }) => machineId));
  for (const { executions } of direct) for (const { machineId } of executions) all.add(machineId);
  const present = new Set<number>();
  if (engine.oneTransactionPerGroup) {
    const rows = await db
      .selectFrom("machine_state")
      .select("machine_id")
      .where("machine_id", "in", integerSet([...all]))
      .execute();
    for (const { machine_id } of rows) present.add(machine_id);
    return present;
  }
  // In the order of their numbers, so that two transactions never wait for each other.
  for (const machineId of [...all].toSorted((a, b) => a - b)) {
    const rows = await db
      .selectFrom("machine_state")
      .select("machine_id")
      .where("machine_id", "=", machineId)
      .forUpdate()
      .execute();
    if (rows.length > 0) present.add(machineId);
  }
  return present;
}

async function readMarks(db: Db, batches: readonly IntakeBatch[]): Promise<Map<string, StreamMark>> {
  const marks = new Map<string, StreamMark>();
  if (batches.length === 0) return marks;
  const rows = await db
    .selectFrom("stream_mark")
    .select(["machine_id", "stream", "sequence", "digests"])
    .where("machine_id", "in", integerSet([...new Set(batches.map(({ machineId }) => machineId))]))
    .where("stream", "in", textSet([...new Set(batches.map(({ stream }) => stream))]))
    .execute();
  for (const { machine_id, stream, sequence, digests } of rows)
    marks.set(`${machine_id} ${stream}`, {
      sequence,
      digests: JSON.parse(digests) as StreamMark["digests"],
    });
  return marks;
}

async function writeMarks(
  db: Db,
  marks: ReadonlyMap<string, StreamMark>,
  touched: ReadonlyMap<string, IntakeBatch>,
): Promise<void> {
  if (touched.size === 0) return;
  const batches = [...touched.values()];
  const written = [...touched.keys()].map((key) => marks.get(key)!);
  await db
    .insertInto("stream_mark")
    .columns(["machine_id", "stream", "sequence", "digests", "seen_at"])
    .expression(
      rowsOf([
        { type: "integer", values: batches.map(({ machineId }) => machineId) },
        { type: "text", values: batches.map(({ stream }) => stream) },
        { type: "bigint", values: written.map(({ sequence }) => sequence) },
        { type: "text", values: written.map(({ digests }) => JSON.stringify(digests)) },
        { type: "bigint", values: batches.map(({ receivedAt }) => receivedAt) },
      ]),
    )
    .onConflict((conflict) =>
      conflict.columns(["machine_id", "stream"]).doUpdateSet((set) => ({
        sequence: set.ref("excluded.sequence"),
        digests: set.ref("excluded.digests"),
        seen_at: set.ref("excluded.seen_at"),
      })),
    )
    .execute();
}

/** An agent begins a stream now and then. One that does so without end loses the marks that it used longest ago. */
const marksPerMachine = 1000;

async function forgetOldestMarks(db: Db, machineIds: ReadonlySet<number>): Promise<void> {
  if (machineIds.size === 0) return;
  await sql`
    delete from stream_mark where (machine_id, stream) in (
      select machine_id, stream from (
        select machine_id, stream, row_number() over (partition by machine_id order by seen_at desc, stream) as place
        from stream_mark where machine_id in ${integerSet([...machineIds])}) as aged
      where place > ${sql.lit(marksPerMachine)})`.execute(db);
}

/** Answers, for each list, how many of its rows count. */
async function storeExecutions(
  engine: Engine,
  db: Db,
  lists: readonly { executions: readonly ReportedExecution[]; receivedAt: Micros }[],
): Promise<number[]> {
  const rows = new Map<string, ExecutionRow & { seenAt: Micros }>();
  for (const { executions, receivedAt } of lists)
    for (const row of executions)
      if (!rows.has(idOf(row))) rows.set(idOf(row), { ...row, seenAt: receivedAt });
  if (rows.size === 0) return lists.map(() => 0);
  const running = await readRunning(db, [...rows.values()]);
  const unknown = [...rows].filter(([id]) => !running.has(id)).map(([, row]) => row);
  const fresh = await engine.takeKeys(db, unknown);
  for (const id of await storedWithoutKey(
    db,
    unknown.filter((row) => fresh.has(idOf(row))),
  ))
    fresh.delete(id);
  const plan = new ExecutionPlan({ running, finished: (id) => !fresh.has(id) });
  const counts = lists.map(({ executions }) => executions.filter((row) => plan.take(row)).length);
  await engine.append(db, "execution", toColumns(plan.finished));
  if (plan.started.length > 0)
    await db.insertInto("execution_running").values(plan.started.map(toTable)).execute();
  for (const [machineId, ids] of idsByMachine(plan.ended))
    await db
      .deleteFrom("execution_running")
      .where("machine_id", "=", machineId)
      .where("execution_id", "in", textSet(ids))
      .execute();
  await storeOutput(engine, db, plan);
  await seeAgain(engine, db, plan, rows);
  return counts;
}

/** An end that comes later than this after its instant is news of the past. */
const lateEnd: Micros = 60_000_000;

/** The key of a run was seen at its start: an end that comes late is seen anew, so that who looks for news finds it. */
async function seeAgain(
  engine: Engine,
  db: Db,
  { finished, ended }: ExecutionPlan,
  rows: ReadonlyMap<string, { seenAt: Micros }>,
): Promise<void> {
  const wereRunning = new Set(ended.map(idOf));
  const late = finished.filter(
    (row) => wereRunning.has(idOf(row)) && row.endedAt! < rows.get(idOf(row))!.seenAt - lateEnd,
  );
  if (late.length === 0) return;
  for (const [machineId, ids] of idsByMachine(late))
    await db
      .deleteFrom("execution_key")
      .where("machine_id", "=", machineId)
      .where("execution_id", "in", textSet(ids))
      .execute();
  await engine.append(db, "execution_key", {
    machine_id: late.map((row) => row.machineId),
    execution_id: late.map((row) => row.executionId),
    started_at: late.map((row) => row.startedAt),
    seen_at: late.map((row) => rows.get(idOf(row))!.seenAt),
  });
}

/** What a run has told at its end takes the place of what it told before. */
async function storeOutput(
  engine: Engine,
  db: Db,
  { started, finished, ended }: ExecutionPlan,
): Promise<void> {
  const told = [...started, ...finished].flatMap((row) =>
    row.output ? [{ ...row, output: storableText(row.output) }] : [],
  );
  if (told.length === 0) return;
  const wereRunning = new Set(ended.map(idOf));
  for (const [machineId, ids] of idsByMachine(told.filter((row) => wereRunning.has(idOf(row)))))
    await db
      .deleteFrom("execution_output")
      .where("machine_id", "=", machineId)
      .where("execution_id", "in", textSet(ids))
      .execute();
  await engine.append(db, "execution_output", {
    machine_id: told.map((row) => row.machineId),
    execution_id: told.map((row) => row.executionId),
    started_at: told.map((row) => row.startedAt),
    output: told.map((row) => row.output),
  });
}

async function readRunning(db: Db, rows: readonly ExecutionRow[]): Promise<Map<string, ExecutionRow>> {
  const running = new Map<string, ExecutionRow>();
  for (const [machineId, ids] of idsByMachine(rows)) {
    const found = await db
      .selectFrom("execution_running")
      .selectAll()
      .where("machine_id", "=", machineId)
      .where("execution_id", "in", textSet(ids))
      .execute();
    for (const row of found.map(fromTable)) running.set(idOf(row), row);
  }
  return running;
}

function idsByMachine(rows: readonly { machineId: number; executionId: string }[]): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { machineId, executionId } of rows) {
    const known = ids.get(machineId);
    if (known) known.push(executionId);
    else ids.set(machineId, [executionId]);
  }
  return ids;
}

/** The last contact and sample, and what kind of computer it is. */
async function writeStates(db: Db, batches: readonly IntakeBatch[]): Promise<void> {
  const states = new Map<number, { contact: Micros; sample: Micros }>();
  for (const { machineId, receivedAt, points } of batches) {
    const state = states.get(machineId) ?? { contact: 0, sample: 0 };
    const newest = points?.at.reduce((latest, at) => Math.max(latest, at), 0) ?? 0;
    states.set(machineId, {
      contact: Math.max(state.contact, receivedAt),
      // A clock that runs ahead must not make a machine look alive later.
      sample: Math.max(state.sample, Math.min(newest, receivedAt)),
    });
  }
  if (states.size === 0) return;
  const list = [...states];
  await sql`
    update machine_state set
      last_contact_at = greatest(coalesce(last_contact_at, 0), news.contact),
      last_sample_at = case when news.sample = 0 then last_sample_at
        else greatest(coalesce(last_sample_at, 0), news.sample) end
    from (select
      unnest(${list.map(([machineId]) => machineId)}::integer[]) as id,
      unnest(${list.map(([, { contact }]) => contact)}::bigint[]) as contact,
      unnest(${list.map(([, { sample }]) => sample)}::bigint[]) as sample) as news
    where machine_state.machine_id = news.id`.execute(db);
  for (const { machineId, computer } of batches)
    if (computer)
      await db
        .updateTable("machine_state")
        .set({ computer: JSON.stringify(computer) })
        .where("machine_id", "=", machineId)
        .execute();
}

/** Bad rows as they came, so that a person can see what was wrong; ingest bounds how many come in, retention takes the old. */
async function writeDeadLetters(db: Db, batches: readonly IntakeBatch[]): Promise<void> {
  for (const { machineId, stream, sequence, receivedAt, deadLetters } of batches) {
    if (deadLetters.length === 0) continue;
    const rows = deadLetters.slice(0, deadLettersPerBatch).map((letter) => ({
      machine_id: machineId,
      received_at: receivedAt,
      stream,
      sequence,
      part: letter.part,
      item: letter.index,
      code: letter.code,
      detail: storableText(letter.detail),
      body: storableText(letter.body),
    }));
    await db.insertInto("dead_letter").values(rows).execute();
  }
}

/** The answer names every bad row; of their bodies the first are enough to find the cause. */
const deadLettersPerBatch = 100;
