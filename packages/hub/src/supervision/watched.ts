/** One process on one machine as a sweep sees it: what is expected, what ran, what was noticed before. */
import { executionKinds, executionOutcomes } from "@culprit/protocol";
import type {
  ExecutionRow,
  ExpectationRow,
  SupervisedRunColumns,
  SupervisionEventRow,
} from "../store/store.ts";
import type { Run } from "./run.ts";

export type Watched = {
  machineId: number;
  processId: number;
  expectation: ExpectationRow | null;
  runs: Run[];
  open: SupervisionEventRow[];
};

const cron = executionKinds.indexOf("cron");

/** Groups by process and machine; a run in two lists counts once. */
export class WatchList {
  readonly #all = new Map<string, Watched>();

  constructor(expectations: readonly ExpectationRow[], open: readonly SupervisionEventRow[]) {
    for (const expectation of expectations) this.of(expectation).expectation = expectation;
    for (const event of open) this.of(event).open.push(event);
  }

  of({ machineId, processId }: { machineId: number; processId: number }): Watched {
    const key = `${machineId}/${processId}`;
    let watched = this.#all.get(key);
    if (!watched) {
      watched = { machineId, processId, expectation: null, runs: [], open: [] };
      this.#all.set(key, watched);
    }
    return watched;
  }

  all(): Watched[] {
    return [...this.#all.values()];
  }

  /** Of processes that are expected, and of cron jobs, which are supervised without being expected. */
  addEnded(columns: SupervisedRunColumns): void {
    const { machineId, processId, kind } = columns;
    for (let row = 0; row < machineId.length; row++) {
      const place = { machineId: machineId[row]!, processId: processId[row]! };
      const known = this.#all.get(`${place.machineId}/${place.processId}`);
      if (known ?? kind[row] === cron) (known ?? this.of(place)).runs.push(endedRun(columns, row));
    }
  }

  /** Gives these all their ended runs anew; of others nothing is taken. */
  replaceEnded(some: readonly Watched[], columns: SupervisedRunColumns): void {
    const wanted = new Set(some);
    for (const watched of some) watched.runs = watched.runs.filter(({ endedAt }) => endedAt === Infinity);
    const { machineId, processId } = columns;
    for (let row = 0; row < machineId.length; row++) {
      const watched = this.#all.get(`${machineId[row]!}/${processId[row]!}`);
      if (watched && wanted.has(watched)) watched.runs.push(endedRun(columns, row));
    }
    for (const { runs } of some) sortRuns(runs);
  }

  addRunning(rows: readonly ExecutionRow[]): void {
    for (const row of rows) {
      const known = this.#all.get(`${row.machineId}/${row.processId}`);
      if (!known && row.kind !== "cron") continue;
      const { startedAt, outcome, kind, executionId } = row;
      this.of(row).runs.push({ startedAt, endedAt: Infinity, outcome, kind, timed: true, executionId });
    }
  }

  /** Call it when all runs are there. */
  sort(): void {
    for (const { runs } of this.#all.values()) sortRuns(runs);
  }
}

function sortRuns(runs: Run[]): void {
  runs.sort((a, b) => a.startedAt - b.startedAt || a.endedAt - b.endedAt);
}

function endedRun({ startedAt, endedAt, kind, outcome, timed }: SupervisedRunColumns, row: number): Run {
  return {
    startedAt: startedAt[row]!,
    endedAt: endedAt[row]!,
    kind: executionKinds[kind[row]!]!,
    outcome: executionOutcomes[outcome[row]!]!,
    timed: timed[row] === 1,
    executionId: null,
  };
}
