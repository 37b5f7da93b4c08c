/**
 * What a list of executions changes, given what is there: each id counts once per machine, a finished execution takes the
 * place of its running record, and everything else with a known id is a duplicate. Rows of one list see each other.
 */
import type { ExecutionRow, ReportedExecution } from "./store.ts";

/** What the store knows of the ids in the list, by `idOf`; an id that is not running has finished. */
export type Stored = {
  running: ReadonlyMap<string, ExecutionRow>;
  finished: (id: string) => boolean;
};

type Key = { machineId: number; executionId: string };

export function idOf({ machineId, executionId }: Key): string {
  return `${machineId} ${executionId}`;
}

export class ExecutionPlan {
  readonly finished: ReportedExecution[] = [];
  /** Ids whose running record in the store is over. */
  readonly ended: Key[] = [];
  readonly #stored: Stored;
  readonly #started = new Map<string, ReportedExecution>();
  readonly #finished = new Set<string>();

  constructor(stored: Stored) {
    this.#stored = stored;
  }

  /** Answers whether the row counts; if not it is a duplicate. */
  take(row: ReportedExecution): boolean {
    const id = idOf(row);
    const stored = this.#stored.running.get(id);
    const start = this.#started.get(id) ?? stored;
    if (this.#finished.has(id) || (!start && this.#stored.finished(id))) return false;
    if (row.endedAt === null) {
      if (start) return false;
      this.#started.set(id, row);
      return true;
    }
    this.finished.push(start ? completed(start, row) : row);
    this.#finished.add(id);
    this.#started.delete(id);
    if (stored) this.ended.push(row);
    return true;
  }

  /** Executions that have started and not ended. */
  get started(): ReportedExecution[] {
    return [...this.#started.values()];
  }
}

/** The end of an execution often knows less than its start did. */
function completed(start: ReportedExecution, end: ReportedExecution): ReportedExecution {
  return {
    ...(start.output === undefined ? {} : { output: start.output }),
    ...end,
    parentId: end.parentId ?? start.parentId,
    pid: end.pid ?? start.pid,
    attributes: end.attributes ?? start.attributes,
  };
}
