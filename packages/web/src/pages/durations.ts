/** Executions as the dots of the durations chart. */
import type { DeviatingExecution, Execution } from "@culprit/protocol";
import type { DurationsChart, RunDot } from "@culprit/charts";
import { m } from "@culprit/messages";
import { outcomeNames } from "../ui/outcome.tsx";
import { runKey } from "../timeline/run.ts";
import { millis } from "../api/millis.ts";

/** Finished runs, oldest first. */
export function runDots(
  executions: readonly Execution[],
  deviations: readonly DeviatingExecution[],
): RunDot[] {
  const deviating = new Set(deviations.map(({ execution }) => runKey(execution)));
  return executions
    .filter(({ durationSeconds }) => durationSeconds !== undefined)
    .map((execution) => ({
      id: execution.id,
      at: millis(execution.startedAt),
      seconds: execution.durationSeconds ?? 0,
      outcome: execution.outcome,
      deviates: deviating.has(runKey(execution)),
      machine: execution.machine,
    }))
    .sort((a, b) => a.at - b.at);
}

export function runNames(): DurationsChart["names"] {
  return {
    outcomes: {
      running: outcomeNames.running(),
      ok: outcomeNames.ok(),
      failed: outcomeNames.failed(),
      timeout: outcomeNames.timeout(),
      lost: outcomeNames.lost(),
    },
    deviates: m.unusual(),
    highlight: m.this_run(),
    median: m.median(),
  };
}

/** A dot is [time, seconds, position]. */
export function clickedRun(item: unknown, runs: readonly RunDot[]): RunDot | undefined {
  return Array.isArray(item) ? runs[Number(item[2])] : undefined;
}
