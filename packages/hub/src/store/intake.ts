/** The group commit: how parts are put into transactions, and what happens to the others when one part is bad. */
import type { Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Engine } from "./engine.ts";
import { storeParts } from "./intake-transaction.ts";
import { integerSet } from "./sql.ts";
import { rollupWhenDue } from "./rollup.ts";
import { StoreUnavailableError, UnstorableError } from "./store-error.ts";
import type { BatchResult, DirectExecutions, DirectResult, IntakeBatch, IntakeStore } from "./store.ts";

type Part =
  | { kind: "batch"; index: number; batch: IntakeBatch }
  | { kind: "direct"; index: number; direct: DirectExecutions };
type Results = { batches: BatchResult[]; direct: DirectResult[] };

export function intakeStore(engine: Engine, clock: Clock): IntakeStore {
  let lastArrival = 0;
  /** Never falls, even if the clock does. */
  const arrival = (): Micros => (lastArrival = Math.max(lastArrival + 1, clock.now()));
  const rollUpWhenDue = rollupWhenDue(engine, clock);
  return {
    async commit(batches, direct) {
      const parts: Part[] = [
        ...batches.map((batch, index): Part => ({ kind: "batch", index, batch })),
        ...direct.map((direct, index): Part => ({ kind: "direct", index, direct })),
      ];
      const results: Results = { batches: [], direct: [] };
      if (engine.oneTransactionPerGroup) await storeGroup(engine, parts, results, arrival);
      else await Promise.all(byMachines(parts).map((group) => storeGroup(engine, group, results, arrival)));
      // Its failure is no failure of the group: the mark stays, and the next time adds more.
      await rollUpWhenDue().catch(() => {});
      return results;
    },

    marks: (machineId) =>
      engine.read
        .selectFrom("stream_mark")
        .select(["stream", "sequence"])
        .where("machine_id", "=", machineId)
        .orderBy("stream")
        .execute(),

    async marksOf(machineIds) {
      if (machineIds.length === 0) return [];
      const rows = await engine.read
        .selectFrom("stream_mark")
        .select(["machine_id", "stream", "sequence"])
        .where("machine_id", "in", integerSet(machineIds))
        .orderBy("stream")
        .execute();
      return rows.map(({ machine_id, stream, sequence }) => ({ machineId: machine_id, stream, sequence }));
    },

    async deadLetters(machineId, limit) {
      const rows = await engine.read
        .selectFrom("dead_letter")
        .selectAll()
        .where("machine_id", "=", machineId)
        .orderBy("received_at", "desc")
        .orderBy("item")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        receivedAt: row.received_at,
        stream: row.stream,
        sequence: row.sequence,
        part: row.part,
        index: row.item,
        code: row.code,
        detail: row.detail,
        body: row.body,
      }));
    },
  };
}

async function storeGroup(
  engine: Engine,
  parts: readonly Part[],
  results: Results,
  arrival: () => Micros,
): Promise<void> {
  if (parts.length === 0) return;
  try {
    await storeTogether(engine, parts, results, arrival()).catch(async (error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error;
      // Whether a commit that failed took place is unknown. Asking again tells: what is there counts as a duplicate.
      await storeTogether(engine, parts, results, arrival());
    });
  } catch (error) {
    if (error instanceof StoreUnavailableError) setAll(parts, results, "unavailable", error.message);
    else if (!(error instanceof UnstorableError)) throw error;
    else if (parts.length > 1) for (const part of parts) await storeGroup(engine, [part], results, arrival);
    else await storeRefused(engine, parts[0]!, results, arrival, error.message);
  }
}

async function storeTogether(
  engine: Engine,
  parts: readonly Part[],
  results: Results,
  arrivedAt: Micros,
): Promise<void> {
  const batches = parts.filter((part) => part.kind === "batch");
  const direct = parts.filter((part) => part.kind === "direct");
  const stored = await engine.write((db) =>
    storeParts(
      engine,
      db,
      batches.map(({ batch }) => batch),
      direct.map(({ direct }) => direct),
      arrivedAt,
    ),
  );
  for (const [position, { index }] of batches.entries()) results.batches[index] = stored.batches[position]!;
  for (const [position, { index }] of direct.entries()) results.direct[index] = stored.direct[position]!;
}

/** Uses up the sequence number of a batch that can never be stored and keeps why: it must not block its stream. */
async function storeRefused(
  engine: Engine,
  part: Part,
  results: Results,
  arrival: () => Micros,
  detail: string,
): Promise<void> {
  if (part.kind === "direct") return setAll([part], results, "refused", detail);
  const letter = { part: "batch", index: 0, code: "unstorable", detail, body: "" };
  const empty: IntakeBatch = {
    ...part.batch,
    executions: [],
    points: null,
    scores: null,
    osProcesses: null,
    computer: null,
    deadLetters: [letter],
  };
  await storeGroup(engine, [{ ...part, batch: empty }], results, arrival);
  if (results.batches[part.index]!.status === "stored")
    results.batches[part.index] = { status: "refused", code: "unstorable", detail };
}

function setAll(
  parts: readonly Part[],
  results: Results,
  status: "refused" | "unavailable",
  detail: string,
): void {
  for (const { kind, index } of parts)
    if (kind === "batch") results.batches[index] = { status, detail };
    else results.direct[index] = { status, detail };
}

/** One group for each machine; a request that names several machines is a group of its own. */
function byMachines(parts: readonly Part[]): Part[][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const key =
      part.kind === "batch"
        ? String(part.batch.machineId)
        : [...new Set(part.direct.executions.map(({ machineId }) => machineId))]
            .toSorted((a, b) => a - b)
            .join(" ");
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()];
}
