/** An execution as the timeline draws it. Instants are milliseconds since 1970, with fractions. */
import type { DeviatingExecution, Execution, ExecutionOutcome } from "@culprit/protocol";
import { millis } from "../api/millis.ts";
import type { View } from "./view.ts";

export type Run = {
  /** Unique across machines. */
  key: string;
  id: string;
  machine: string;
  machineId: string;
  process: string;
  processId: string;
  step: string | undefined;
  start: number;
  /** Infinity while it runs. */
  end: number;
  outcome: ExecutionOutcome;
  flags: Execution["flags"];
  /** Where a normal run would have ended, if this one deviates by being slow. */
  normalEnd: number | undefined;
  deviation: "slow" | "fast" | undefined;
  /** Time that the run which the picture is about lost by it; `share` is of the most that any is blamed for. */
  blame?: { lost: string; share: number };
  /** Instead of one run all that start within it; `share` is of the most that a part of its lane has. */
  group?: { runs: number; failed: number; busySeconds: number; share: number };
};

export function runKey({ machineId, id }: Pick<Execution, "machineId" | "id">): string {
  return `${machineId} ${id}`;
}

export function toRuns(executions: readonly Execution[], deviations: readonly DeviatingExecution[]): Run[] {
  const deviating = new Map(deviations.map((one) => [runKey(one.execution), one]));
  return executions.map((execution) => {
    const deviation = deviating.get(runKey(execution));
    const start = millis(execution.startedAt);
    const end = execution.endedAt === undefined ? openEnd(execution, start) : millis(execution.endedAt);
    const slow = deviation?.deviation.direction === "slow";
    return {
      key: runKey(execution),
      id: execution.id,
      machine: execution.machine,
      machineId: execution.machineId,
      process: execution.process,
      processId: execution.processId,
      step: execution.step,
      start,
      end,
      outcome: execution.outcome,
      flags: execution.flags,
      normalEnd:
        slow && Number.isFinite(end) ? Math.max(start, end - deviation.excessSeconds * 1000) : undefined,
      deviation: deviation?.deviation.direction,
    };
  });
}

/** When the first of the runs that touch a stretch begins in it; undefined if none touches it. */
export function firstWithin(runs: readonly Run[], { from, to }: View): number | undefined {
  let first = Infinity;
  for (const run of runs) if (run.end >= from && run.start < to) first = Math.min(first, run.start);
  return Number.isFinite(first) ? Math.max(from, first) : undefined;
}

/** A lost run has no end that anybody saw: it is drawn as an instant. */
function openEnd({ outcome }: Execution, start: number): number {
  return outcome === "running" ? Infinity : start;
}
