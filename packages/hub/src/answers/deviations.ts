/** Runs that deviate from their normal, newest first; late ones under way among them. */
import { microsPerSecond, ProblemError, type DeviatingExecution, type Micros } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { presentExecutions } from "../executions/present.ts";
import type { ExecutionFilter, ExecutionRow } from "../store/store.ts";
import { verdictsOf } from "./attribution/verdicts.ts";
import type { DeviatingQuestion, DeviatingRun } from "./deviating-runs.ts";
import { buffersOf, type Fit } from "./normals.ts";
import { assess } from "./assess.ts";
import { presentNormal } from "./why.ts";

type Page = {
  direction?: "slow" | "fast" | undefined;
  limit: number;
  cursor?: string | undefined;
  /** Also tell who is to blame. */
  verdicts?: boolean | undefined;
};
type Position = { startedAt: Micros; machineId: number; executionId: string };

const recent = 86_400 * microsPerSecond;
/** More than a page is looked at, for runs that started at the same instant. */
const sameInstant = 200;

export async function listDeviations(
  hub: Hub,
  filter: ExecutionFilter,
  { direction, limit, cursor, verdicts = false }: Page,
): Promise<{ items: DeviatingExecution[]; nextCursor?: string }> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const fit = await hub.normals.latest();
  const found = await findDeviating(hub, filter, fit, {
    limit: limit + sameInstant,
    ...(direction ? { direction } : {}),
    ...(after ? { notAfter: after.startedAt } : {}),
  });
  const rows = (await rowsOf(hub, found))
    .filter((row) => {
      const deviation = assess(hub, row, fit.of(row, row.startedAt)).deviation;
      return deviation !== null && (!direction || deviation.direction === direction);
    })
    .filter((row) => !after || newestFirst(row, after) > 0)
    .toSorted(newestFirst);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await present(hub, page, fit, verdicts),
    ...(rows.length > limit && last ? { nextCursor: writeCursor(last) } : {}),
  };
}

/** Of a long window only the end is read, where runs are new or were recorded late; the model has the others. */
async function findDeviating(
  hub: Hub,
  filter: ExecutionFilter,
  fit: Fit,
  question: DeviatingQuestion,
): Promise<DeviatingRun[]> {
  const now = hub.clock.now();
  const modelled = fit.serves(filter);
  const readFrom = modelled ? Math.max(filter.from, fit.fittedAt - recent) : filter.from;
  const found: DeviatingRun[] = [];
  if (readFrom < filter.to) {
    const columns = await hub.store.executions.columns({ ...filter, from: readFrom }, hub.normals.mostRows);
    found.push(...(await hub.analysis.ask("deviating", { ...question, columns, now }, buffersOf(columns))));
  }
  if (modelled) {
    const within = { ...filter, endedBefore: readFrom };
    found.push(...(await hub.analysis.ask("deviating", { ...question, within, now })));
  }
  return found.toSorted((a, b) => b.startedAt - a.startedAt).slice(0, question.limit);
}

/** The rows that started when these did; the caller looks which of them deviate. */
async function rowsOf(hub: Hub, found: readonly DeviatingRun[]): Promise<ExecutionRow[]> {
  const mostInstants = 1000;
  const wanted = new Set(found.map(placeInTime));
  const rows: ExecutionRow[] = [];
  for (let at = 0; at < found.length; at += mostInstants) {
    const part = found.slice(at, at + mostInstants);
    const distinct = (pick: (run: DeviatingRun) => number) => [...new Set(part.map(pick))];
    rows.push(
      ...(await hub.store.executions.startedAt(
        distinct((run) => run.startedAt),
        distinct((run) => run.machineId),
        distinct((run) => run.processId),
      )),
    );
  }
  return rows.filter((row) => wanted.has(placeInTime(row)));
}

async function present(
  hub: Hub,
  rows: readonly ExecutionRow[],
  fit: Fit,
  verdicts: boolean,
): Promise<DeviatingExecution[]> {
  const executions = await presentExecutions(hub, rows);
  const assessed = rows.flatMap((row, at) => {
    const baseline = fit.of(row, row.startedAt);
    const { deviation, excessSeconds } = assess(hub, row, baseline);
    if (!baseline || !deviation) return [];
    const shown = { execution: executions[at]!, normal: presentNormal(baseline), excessSeconds, deviation };
    return [{ row, baseline, shown }];
  });
  if (!verdicts) return assessed.map(({ shown }) => shown);
  const slow = assessed.filter(({ shown }) => shown.deviation.direction === "slow");
  const found = await verdictsOf(
    hub,
    slow.map(({ row, baseline, shown }) => ({ row, baseline, excessSeconds: shown.excessSeconds })),
  );
  return assessed.map(({ row, shown }) => ({ ...shown, ...found.get(row) }));
}

const placeInTime = ({ machineId, processId, startedAt }: DeviatingRun): string =>
  `${machineId}/${processId}/${startedAt}`;

function newestFirst(a: Position, b: Position): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  if (a.machineId !== b.machineId) return a.machineId - b.machineId;
  return a.executionId < b.executionId ? -1 : Number(a.executionId > b.executionId);
}

const writeCursor = ({ startedAt, machineId, executionId }: Position): string =>
  `${startedAt}.${machineId}.${executionId}`;

function readCursor(cursor: string): Position {
  const match = /^(\d{1,17})\.(\d{1,15})\.(.+)$/.exec(cursor);
  if (!match) throw new ProblemError("invalid-request", "this cursor comes from no list of deviations");
  return { startedAt: Number(match[1]), machineId: Number(match[2]), executionId: match[3]! };
}
