/**
 * Uploads of agents. Each line is a batch by itself: a bad one is refused by name and never holds up the rest, and all
 * good ones are in the store before the answer. A line that was cut off is as if it had not been sent; an upload of
 * which nothing can be read, or that begins with another protocol version, is refused as a whole.
 */
import { setImmediate } from "node:timers/promises";
import {
  formatInstant,
  ProblemError,
  type Acknowledgement,
  type Batch,
  type IntakeAnswer,
  type IntakeMarks,
  type Micros,
} from "@culprit/protocol";
import type { Checks } from "../checks/checks.ts";
import type { Clock } from "../clock.ts";
import type { Counters } from "../counters.ts";
import { Gathered } from "../gathered.ts";
import type { BenchmarkTrends } from "../fitness/trends.ts";
import type { Faults } from "../fleet/faults/faults.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { HubSettings } from "../settings.ts";
import type { BatchResult, Store } from "../store/store.ts";
import { Turns } from "../turns.ts";
import { readBatchLine, type BatchLine } from "./batch-line.ts";
import type { GroupCommit } from "./group-commit.ts";
import { linesOf } from "./lines.ts";
import { prepareBatch, type Preparation, type Prepared } from "./prepare.ts";

type IntakeParts = Preparation & {
  settings: HubSettings;
  clock: Clock;
  store: Store;
  fleet: Fleet;
  trends: Pick<BenchmarkTrends, "heard">;
  checks: Pick<Checks, "get" | "heard">;
  commits: GroupCommit;
  counters: Counters;
  faults: Pick<Faults, "otherVersion" | "sameVersion">;
};

const batchesPerUpload = 2000;
/** Times the items of one request: what an agent sends in one upload is far less. */
const requestsPerUpload = 10;
/** Bytes are read in some milliseconds; then others get their turn. */
const bytesBetweenTurns = 256 * 1024;
/** An agent sends one upload at a time. One that was cut off may still be under way when it sends the next. */
const oneAfterTheOther = { atOnce: 1, mostWaiting: 3 };

export class Intake {
  readonly #parts: IntakeParts;
  readonly #turns = new Map<number, Turns>();
  readonly #marks: Gathered<number, IntakeMarks["marks"]>;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#marks = new Gathered(async (machineIds) => {
      const marks = new Map<number, IntakeMarks["marks"]>();
      for (const { machineId, ...mark } of await parts.store.intake.marksOf(machineIds)) {
        const held = marks.get(machineId);
        if (held) held.push(mark);
        else marks.set(machineId, [mark]);
      }
      return marks;
    });
  }

  async marks(machineId: number): Promise<IntakeMarks> {
    const { store, clock } = this.#parts;
    const marks = (await this.#marks.of(machineId)) ?? [];
    return { epoch: store.epoch, marks, receivedAt: formatInstant(clock.now()) };
  }

  async upload(machineId: number, body: Buffer, agentClock: Micros | null = null): Promise<IntakeAnswer> {
    const { fleet, clock } = this.#parts;
    // Rough, for it was on its way; the channel measures better, but the first upload may be there before it.
    if (agentClock !== null && fleet.get(machineId)?.clockOffsetMicros === null)
      fleet.heard(machineId, agentClock - clock.now());
    const turns = this.#turns.get(machineId) ?? new Turns(oneAfterTheOther);
    this.#turns.set(machineId, turns);
    const acknowledgements = await turns.run(async () =>
      this.#store(machineId, await this.#read(machineId, body)),
    );
    this.#parts.fleet.heard(machineId);
    return { ...(await this.marks(machineId)), acknowledgements };
  }

  /** Some kilobytes can hold millions of rows: past so many the rest of the body is as if it had not been sent. */
  async #read(machineId: number, body: Buffer): Promise<BatchLine[]> {
    const mostItems = requestsPerUpload * this.#parts.settings.limits.itemsPerRequest;
    const idsOf = (digest: string) => this.#parts.seriesLists.idsOf(machineId, digest);
    const lines: BatchLine[] = [];
    const endsWhole = body.at(-1) === 0x0a;
    let last = -1;
    let items = 0;
    let unread = 0;
    for (const { index, bytes } of linesOf(body)) {
      if (index >= batchesPerUpload)
        throw new ProblemError("too-many-items", `more than ${batchesPerUpload} batches in one upload`, {
          limit: batchesPerUpload,
        });
      const line = readBatchLine(bytes, index, idsOf);
      items += line.kind === "batch" ? itemsOf(line.batch) : 0;
      if (items > mostItems && lines.length > 0) break;
      lines.push(line);
      last = index;
      unread += bytes.length;
      if (unread > bytesBetweenTurns) unread = await othersTurn();
    }
    // The last line has no end and is no batch: the upload was cut there.
    if (!endsWhole && last >= 0 && lines[last]!.kind === "refused") lines.pop();
    const other = lines.findIndex((line) => line.kind === "other-version");
    const usable = other === -1 ? lines : lines.slice(0, other);
    const mismatch = lines[other];
    if (mismatch?.kind === "other-version") this.#parts.faults.otherVersion(machineId, mismatch.version);
    else if (usable.some(({ kind }) => kind === "batch")) this.#parts.faults.sameVersion(machineId);
    if (usable.length === 0 && mismatch?.kind === "other-version")
      throw new ProblemError("protocol-version", mismatch.detail);
    if (usable.length === 0) throw new ProblemError("invalid-request", "the upload holds no whole batch");
    return usable;
  }

  async #store(machineId: number, lines: readonly BatchLine[]): Promise<Acknowledgement[]> {
    const { clock, fleet, settings, commits } = this.#parts;
    const row = fleet.get(machineId);
    const sender = {
      machineId,
      name: fleet.name(machineId),
      clockOffsetMicros: row?.clockOffsetMicros ?? null,
    };
    const { pastYears, futureHours } = settings.limits;
    const times = { now: clock.now(), pastYears, futureHours };
    const prepared: Prepared[] = [];
    for (const line of lines)
      if (line.kind === "batch") prepared.push(await prepareBatch(this.#parts, sender, line, times));
    const results = prepared.length === 0 ? [] : await commits.batches(prepared.map((one) => one.batch));
    const stored = prepared.values();
    const outcomes = results.values();
    const acknowledgements = lines.flatMap((line) =>
      line.kind === "batch"
        ? this.#acknowledge(stored.next().value!, outcomes.next().value!)
        : this.#refusal(line),
    );
    // What the store could not take is not acknowledged; the agent sends it again.
    if (acknowledgements.length === 0)
      throw new ProblemError("store-unavailable", results[0]?.detail, { retryAfterSeconds: 10 });
    return acknowledgements;
  }

  #refusal(line: BatchLine): Acknowledgement[] {
    if (line.kind !== "refused") return [];
    this.#parts.counters.add("culprit_intake_batches_total", 'result="refused"');
    return [line.acknowledgement];
  }

  #acknowledge(
    { batch, rows, rejected, rejectedCount, newestSample }: Prepared,
    { status, ...why }: BatchResult,
  ): Acknowledgement[] {
    const { counters, fleet, trends, checks } = this.#parts;
    counters.add("culprit_intake_batches_total", `result="${status}"`);
    if (status === "unavailable") return [];
    if (status === "stored") {
      counters.add("culprit_intake_rows_total", 'part="executions"', batch.executions.length);
      counters.add("culprit_intake_rows_total", 'part="points"', batch.points?.at.length ?? 0);
      counters.add("culprit_intake_rows_total", 'part="osProcesses"', batch.osProcesses?.at.length ?? 0);
      counters.add("culprit_intake_dead_letters_total", "", rejectedCount);
      if (newestSample !== null) fleet.sampled(batch.machineId, newestSample);
      if (batch.scores) trends.heard(batch.machineId);
      if (batch.checkResults) checks.heard(batch.checkResults.map(({ checkId }) => checkId));
    }
    const { stream, sequence } = batch;
    return [{ stream, sequence, status, rows, rejected, ...why }];
  }
}

/** What is checked one by one; points and OS processes, which are checked by column, cost little. */
function itemsOf(batch: Batch): number {
  return batch.kind === "executions" ? batch.executions.length : (batch.series?.length ?? 0);
}

async function othersTurn(): Promise<0> {
  await setImmediate();
  return 0;
}
