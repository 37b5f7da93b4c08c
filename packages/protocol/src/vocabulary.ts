/**
 * Words and units that need no schema: threads that only compute take them from `@culprit/protocol/vocabulary`, and are spared
 * the load and the memory of all schemas.
 */
export type Micros = number;

export const microsPerSecond = 1_000_000;

export const executionKinds = ["cron", "web", "job"] as const;
export const executionOutcomes = ["running", "ok", "failed", "timeout", "lost"] as const;

/**
 * Why an execution's record should be read with care. Stored as bits: new ones go to the end. `duration-unknown`: its start
 * or its end was not seen, so the time between them is no duration. `use-implausible`: it told of more use than its machine could
 * have made, and that was left out.
 */
export const executionFlags = [
  "future",
  "clock-skew",
  "name-cleaned",
  "name-grouped",
  "observed",
  "ambiguous-time",
  "duration-unknown",
  "sampled",
  "use-implausible",
] as const;

export type ExecutionKind = (typeof executionKinds)[number];
export type ExecutionOutcome = (typeof executionOutcomes)[number];
export type ExecutionFlag = (typeof executionFlags)[number];

/** The statistics of a process that did not run. */
export const noRuns = {
  count: 0,
  running: 0,
  failures: 0,
  meanSeconds: null,
  standardDeviationSeconds: null,
  medianSeconds: null,
  madSeconds: null,
  p95Seconds: null,
  p99Seconds: null,
  minSeconds: null,
  maxSeconds: null,
  totalSeconds: 0,
  deviations: 0,
};
