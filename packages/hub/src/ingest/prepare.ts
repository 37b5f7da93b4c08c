/** Checks the rows of a batch one by one and turns the good ones into what the store takes; the bad become dead letters. */
import { setImmediate } from "node:timers/promises";
import {
  checkResultColumns,
  computer as computerSchema,
  osProcessColumns,
  pointColumns,
  randomText,
  type Batch,
  type Micros,
  type RejectedRow,
} from "@culprit/protocol";
import { readPublicId } from "../public-ids.ts";
import type { CheckResultRow, IntakeBatch, ReportedExecution } from "../store/store.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Checks } from "../checks/checks.ts";
import type { SeriesList } from "./batch-line.ts";
import type { DeadLetterAllowance } from "./dead-letter-allowance.ts";
import { readCheckResults } from "./check-results.ts";
import { aheadBeyond, corrected, limitsAhead } from "./clock-correction.ts";
import {
  boundsOf,
  checkExecution,
  executionRow,
  type CheckedExecution,
  type Fault,
  type TimeLimits,
} from "./execution-input.ts";
import { readOsProcesses, readPoints, type BadRow, type Points } from "./points.ts";
import { isScore, scoresIn } from "./scores.ts";
import type { NamesOfMachine } from "./names-of-machine.ts";
import { leaveOutImplausible } from "./plausible-use.ts";
import type { SeriesIds } from "./series-ids.ts";
import type { SeriesLists } from "./series-lists.ts";

export type Preparation = {
  processNames: NamesOfMachine;
  stepNames: NamesOfMachine;
  seriesIds: SeriesIds;
  seriesLists: SeriesLists;
  deadLetters: DeadLetterAllowance;
  checks: Pick<Checks, "get">;
  fleet: Pick<Fleet, "get">;
};

export type Sender = { machineId: number; name: string; clockOffsetMicros: number | null };

export type Prepared = {
  batch: IntakeBatch;
  rows: number;
  rejected: RejectedRow[];
  /** Also those that are not named. */
  rejectedCount: number;
  newestSample: Micros | null;
};

/** Rows past this are not named one by one: the last of the answer says how many there are. */
const rejectedPerBatch = 1000;
/** Of their bodies the first are enough to find the cause. */
const deadLettersPerBatch = 100;
const deadLetterCharacters = 2000;
/** A row can be wrong in very many ways. */
const detailCharacters = 1000;
/** A row that is all wrong takes some 10 microseconds to be refused; others wait no longer than for so many. */
export const rowsBetweenTurns = 500;
/** A clock that is off by more makes a machine's instants doubtful beside those of others. */
const skewMicros = 2_000_000;

export async function prepareBatch(
  parts: Preparation,
  sender: Sender,
  { batch, digest, seriesList }: { batch: Batch; digest: string; seriesList: SeriesList | null },
  times: TimeLimits,
): Promise<Prepared> {
  const dead = new DeadLetters();
  const deadLetters = () =>
    dead.letters.slice(0, parts.deadLetters.grant(sender.machineId, dead.letters.length));
  const prepared: IntakeBatch = {
    machineId: sender.machineId,
    stream: batch.stream,
    sequence: batch.sequence,
    digest,
    dropped: batch.dropped ?? [],
    receivedAt: times.now,
    executions: [],
    points: null,
    osProcesses: null,
    computer: null,
    deadLetters: [],
  };
  if (batch.kind === "executions") {
    const executions = await prepareExecutions(parts, sender, batch.executions, times, dead);
    return {
      batch: { ...prepared, executions, deadLetters: deadLetters() },
      rows: executions.length,
      rejected: dead.rejected(),
      rejectedCount: dead.count,
      newestSample: null,
    };
  }
  const ahead = aheadBeyond(sender.clockOffsetMicros, times);
  const limits = limitsAhead(times, ahead);
  const { points, scoreIds } = await preparePoints(
    parts,
    sender.machineId,
    { ...batch, seriesList },
    limits,
    dead,
  );
  let osProcesses = prepareOsProcesses(batch.osProcesses, limits, dead);
  if (ahead > 0) {
    const mend = (at: Micros) => corrected(at, ahead, times.now);
    if (points) points.at = points.at.map(mend);
    if (osProcesses) {
      const { at, startedAt } = osProcesses;
      osProcesses = { ...osProcesses, at: at.map(mend), startedAt: startedAt.map(mend) };
    }
  }
  const scores = points && scoreIds.size > 0 ? scoresIn(points, scoreIds) : null;
  const computer = prepareComputer(batch.computer, dead);
  const checkResults = prepareCheckResults(parts, sender.machineId, batch.checkResults, limits, dead).map(
    (row) => ({ ...row, at: corrected(row.at, ahead, times.now) }),
  );
  return {
    batch: { ...prepared, points, scores, osProcesses, checkResults, computer, deadLetters: deadLetters() },
    rows: (points?.at.length ?? 0) + (osProcesses?.at.length ?? 0),
    rejected: dead.rejected(),
    rejectedCount: dead.count,
    newestSample: newest(points?.at, osProcesses?.at),
  };
}

async function prepareExecutions(
  parts: Preparation,
  sender: Sender,
  raw: readonly unknown[],
  times: TimeLimits,
  dead: DeadLetters,
): Promise<ReportedExecution[]> {
  const good: CheckedExecution[] = [];
  const ahead = aheadBeyond(sender.clockOffsetMicros, times);
  for (const [index, one] of raw.entries()) {
    if (index % rowsBetweenTurns === rowsBetweenTurns - 1) await setImmediate();
    const checked = checkExecution(one, limitsAhead(times, ahead));
    const faults = Array.isArray(checked) ? checked : ownershipFaults(checked, sender);
    if (faults.length > 0)
      dead.add("executions", index, faults.map((f) => `${f.path}: ${f.detail}`).join("; "), one);
    else if (!Array.isArray(checked)) good.push(correctedRun(checked, ahead, times.now));
  }
  const skewed = Math.abs(sender.clockOffsetMicros ?? 0) > skewMicros;
  if (skewed) for (const one of good) if (!one.flags.includes("clock-skew")) one.flags.push("clock-skew");
  return executionRows(parts, sender.machineId, good);
}

/** Start and end move together: what a run took is right on any clock. */
function correctedRun(run: CheckedExecution, ahead: Micros, now: Micros): CheckedExecution {
  const last = run.endedAt ?? run.startedAt;
  const shift = last - corrected(last, ahead, now);
  const endedAt = run.endedAt === null ? null : run.endedAt - shift;
  return { ...run, startedAt: run.startedAt - shift, endedAt };
}

export function ownershipFaults(
  { input }: CheckedExecution,
  sender: Pick<Sender, "machineId" | "name">,
): Fault[] {
  const { machine } = input;
  const own =
    machine === undefined ||
    readPublicId("m", machine) === sender.machineId ||
    machine.toLowerCase() === sender.name.toLowerCase();
  return own ? [] : [{ path: "/machine", detail: "a machine's token records for that machine alone" }];
}

/** Names become ids; an execution without an id of its own gets one, and so counts each time it is sent. */
export async function executionRows(
  { processNames, stepNames, fleet }: Pick<Preparation, "processNames" | "stepNames" | "fleet">,
  machineId: number,
  checked: readonly CheckedExecution[],
): Promise<ReportedExecution[]> {
  if (checked.length === 0) return [];
  const processes = await processNames.resolve(
    machineId,
    checked.map(({ input }) => input.process),
  );
  const withStep = checked.filter(({ input }) => input.step !== undefined);
  const steps = await stepNames.resolve(
    machineId,
    withStep.map(({ input }) => input.step!),
  );
  const computer = fleet.get(machineId)?.computer ?? null;
  const stepOf = new Map(withStep.map((one, at) => [one, steps[at]!]));
  return checked.map((one, at) => {
    const process = processes[at]!;
    const step = stepOf.get(one);
    if (process.grouped || step?.grouped) one.flags.push("name-grouped");
    const row = executionRow(one, {
      machineId,
      executionId: one.input.id ?? randomText(22),
      processId: process.id,
      stepId: step?.id ?? 0,
    });
    leaveOutImplausible(row, computer);
    return row;
  });
}

async function preparePoints(
  parts: Preparation,
  machineId: number,
  batch: Extract<Batch, { kind: "samples" }> & { seriesList: SeriesList | null },
  times: TimeLimits,
  dead: DeadLetters,
): Promise<{ points: Points | null; scoreIds: ReadonlySet<number> }> {
  const scoreIds = new Set<number>();
  if (batch.points === undefined) return { points: null, scoreIds };
  const ids = batch.seriesList?.ids ?? (await resolveSeries(parts, machineId, batch, scoreIds, dead));
  const read = readPoints(batch.points, ids, boundsOf(times));
  if ("error" in read) {
    dead.add("points", -1, read.error, batch.points);
    return { points: null, scoreIds };
  }
  dead.addRows("points", read.bad, pointColumns, batch.points);
  return { points: read.points.at.length === 0 ? null : read.points, scoreIds };
}

/** One id for each description, null for one that is refused; those of scores are added to `scoreIds`. */
async function resolveSeries(
  { seriesIds, seriesLists }: Preparation,
  machineId: number,
  { series = [], seriesList }: { series?: readonly unknown[] | undefined; seriesList: SeriesList | null },
  scoreIds: Set<number>,
  dead: DeadLetters,
): Promise<(number | null)[]> {
  const resolved: Awaited<ReturnType<SeriesIds["resolve"]>> = [];
  for (let from = 0; from < series.length; from += rowsBetweenTurns) {
    if (from > 0) await setImmediate();
    resolved.push(...(await seriesIds.resolve(machineId, series.slice(from, from + rowsBetweenTurns))));
  }
  const ids = resolved.filter((one) => typeof one === "number");
  for (const [index, id] of resolved.entries())
    if (typeof id !== "number") dead.add("series", index, id.detail, series[index], id.code);
    else if (isScore(series[index])) scoreIds.add(id);
  if (seriesList && ids.length === series.length && scoreIds.size === 0)
    seriesLists.learn(machineId, seriesList.digest, ids);
  return resolved.map((one) => (typeof one === "number" ? one : null));
}

function prepareOsProcesses(raw: unknown, times: TimeLimits, dead: DeadLetters): IntakeBatch["osProcesses"] {
  if (raw === undefined) return null;
  const read = readOsProcesses(raw, boundsOf(times));
  if ("error" in read) {
    dead.add("osProcesses", -1, read.error, raw);
    return null;
  }
  dead.addRows("osProcesses", read.bad, osProcessColumns, raw);
  return read.length === 0 ? null : read.columns;
}

function prepareCheckResults(
  { checks }: Preparation,
  machineId: number,
  raw: unknown,
  times: TimeLimits,
  dead: DeadLetters,
): CheckResultRow[] {
  if (raw === undefined) return [];
  const own = (checkId: number) => checks.get(checkId)?.machineId === machineId;
  const read = readCheckResults(raw, own, boundsOf(times));
  if ("error" in read) {
    dead.add("checkResults", -1, read.error, raw);
    return [];
  }
  dead.addRows("checkResults", read.bad, checkResultColumns, raw);
  return read.rows;
}

function prepareComputer(raw: unknown, dead: DeadLetters): IntakeBatch["computer"] {
  if (raw === undefined) return null;
  const parsed = computerSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  dead.add("computer", 0, `${issue?.path.join(".")}: ${issue?.message}`, raw);
  return null;
}

function newest(...columns: (readonly Micros[] | undefined)[]): Micros | null {
  let newest: Micros | null = null;
  for (const column of columns)
    for (const at of column ?? []) if (newest === null || at > newest) newest = at;
  return newest;
}

type DeadLetter = IntakeBatch["deadLetters"][number];

class DeadLetters {
  readonly letters: DeadLetter[] = [];
  readonly #rejected: RejectedRow[] = [];
  #unnamed = 0;

  /** Index -1: the whole part. */
  add(part: RejectedRow["part"], index: number, reason: string, body: unknown, code = "invalid-row"): void {
    if (this.#rejected.length >= rejectedPerBatch) {
      this.#unnamed++;
      return;
    }
    const detail = reason.slice(0, detailCharacters);
    this.#rejected.push({ part, index, code, detail });
    if (this.letters.length >= deadLettersPerBatch) return;
    const text = JSON.stringify(body) ?? "";
    this.letters.push({ part, index, code, detail, body: text.slice(0, deadLetterCharacters) });
  }

  addRows(
    part: "points" | "osProcesses" | "checkResults",
    bad: readonly BadRow[],
    columns: object,
    raw: unknown,
  ): void {
    const named = Math.max(0, rejectedPerBatch - this.#rejected.length);
    for (const { index, detail } of bad.slice(0, named))
      this.add(part, index, detail, rowOf(columns, raw, index));
    this.#unnamed += Math.max(0, bad.length - named);
  }

  rejected(): RejectedRow[] {
    if (this.#unnamed === 0) return this.#rejected;
    const detail = `${this.#unnamed} more rows, which are not named one by one`;
    return [...this.#rejected, { part: "batch", index: -1, code: "invalid-row", detail }];
  }

  get count(): number {
    return this.#rejected.length + this.#unnamed;
  }
}

/** Of the columns that were checked: what else was sent may be of any size. */
function rowOf(columns: object, raw: unknown, index: number): Record<string, unknown> {
  const sent = raw as Record<string, unknown[]>;
  return Object.fromEntries(Object.keys(columns).map((column) => [column, sent[column]?.[index]]));
}
