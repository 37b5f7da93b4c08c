/** The list of executions: filters that take ids or names, newest first, page by page. */
import {
  executionKinds,
  executionOutcomes,
  pageQuery,
  ProblemError,
  windowQuery,
  type Execution,
} from "@culprit/protocol";
import { z } from "zod";
import type { Hub } from "../context.ts";
import type { ExecutionFilter, ExecutionRow } from "../store/store.ts";
import { readWindow } from "../window.ts";
import { findExecution } from "./find.ts";
import { presentExecutions } from "./present.ts";

/** One value or several of the same name. */
const several = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(100).optional(),
  );

export const executionsQuery = z.strictObject({
  process: several(z.string().max(200)).meta({ description: "names or ids" }),
  step: z.string().max(200).optional(),
  machine: several(z.string().max(200)).meta({ description: "names or ids" }),
  kind: several(z.enum(executionKinds)),
  outcome: several(z.enum(executionOutcomes)),
  overlapping: z.string().max(200).optional().meta({
    description: "id of an execution: what ran at the same time, on any machine, without its own steps",
  }),
  overlappingMachine: z
    .string()
    .max(200)
    .optional()
    .meta({ description: "the machine of `overlapping`, where several used that id" }),
  ...windowQuery,
  ...pageQuery,
});
export type ExecutionsQuery = z.infer<typeof executionsQuery>;

type Position = { startedAt: number; executionId: string };

export async function listExecutions(
  hub: Hub,
  query: ExecutionsQuery,
): Promise<{ items: Execution[]; nextCursor?: string }> {
  const subject =
    query.overlapping === undefined
      ? null
      : await findExecution(hub, query.overlapping, query.overlappingMachine);
  const filter = await filterOf(hub, query, subject);
  const before = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const rows = await hub.store.executions.list(filter, query.limit, before);
  const kept = subject ? rows.filter((row) => overlaps(row, subject)) : rows;
  const last = rows.at(-1);
  return {
    items: await presentExecutions(hub, kept),
    ...(rows.length === query.limit && last ? { nextCursor: writeCursor(last) } : {}),
  };
}

export async function filterOf(
  { catalogue, fleet, clock }: Hub,
  query: Omit<ExecutionsQuery, "limit" | "cursor">,
  subject: ExecutionRow | null,
): Promise<ExecutionFilter> {
  const now = clock.now();
  const processes = await Promise.all((query.process ?? []).map((one) => catalogue.process(one)));
  // An instant is a window of no length: the filter takes all that touch it.
  const window = subject
    ? { from: subject.startedAt, to: Math.max(subject.endedAt ?? now, subject.startedAt + 1) }
    : readWindow(query, now);
  return {
    ...window,
    ...(query.machine ? { machineIds: query.machine.map((one) => fleet.machine(one).machineId) } : {}),
    ...(query.process ? { processIds: processes.map((one) => one.processId) } : {}),
    ...(query.step === undefined ? {} : { stepId: await catalogue.step(query.step) }),
    ...(query.kind ? { kinds: query.kind } : {}),
    ...(query.outcome ? { outcomes: query.outcome } : {}),
  };
}

/** Touching is not overlapping, and a run's own steps, parent and siblings in it are no neighbours. */
function overlaps(row: ExecutionRow, subject: ExecutionRow): boolean {
  if (row.endedAt !== null && row.endedAt <= subject.startedAt && row.startedAt < subject.startedAt)
    return false;
  if (row.machineId !== subject.machineId) return true;
  const family = new Set([subject.executionId, ...(subject.parentId === null ? [] : [subject.parentId])]);
  return !family.has(row.executionId) && !(row.parentId !== null && family.has(row.parentId));
}

const cursorForm = z.tuple([z.number().int(), z.string().max(200)]);

function writeCursor({ startedAt, executionId }: Position): string {
  return Buffer.from(JSON.stringify([startedAt, executionId])).toString("base64url");
}

function readCursor(cursor: string): Position {
  try {
    const [startedAt, executionId] = cursorForm.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return { startedAt, executionId };
  } catch {
    throw new ProblemError("invalid-request", "this cursor is not one that a list answered");
  }
}
