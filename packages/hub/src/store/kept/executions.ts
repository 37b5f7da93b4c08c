import type { Execution, ExecutionFlag, ExecutionKind, ExecutionOutcome, Micros } from "@culprit/protocol";

/** One execution ready to be written; `endedAt` null while it runs. */
export type ExecutionRow = {
  machineId: number;
  executionId: string;
  processId: number;
  /** 0: the process as a whole. */
  stepId: number;
  parentId: string | null;
  kind: ExecutionKind;
  startedAt: Micros;
  endedAt: Micros | null;
  outcome: ExecutionOutcome;
  exitCode: number | null;
  pid: number | null;
  attributes: Execution["attributes"] | null;
  flags: ExecutionFlag[];
  cpuSeconds: number | null;
  maxRssBytes: number | null;
  ioReadBytes: number | null;
  ioWriteBytes: number | null;
  peakCpuCores: number | null;
  peakIoBytesPerSecond: number | null;
  runQueueSeconds: number | null;
};

/** One that comes in, with what it wrote if that was told. */
export type ReportedExecution = ExecutionRow & { output?: string };

export type ExecutionFilter = {
  machineIds?: readonly number[];
  processIds?: readonly number[];
  /** 0: only whole processes; absent: these and steps. */
  stepId?: number;
  kinds?: readonly ExecutionKind[];
  outcomes?: readonly ExecutionOutcome[];
  /** Executions that touch [from, to): started before `to`, and not ended before `from`. */
  from: Micros;
  to: Micros;
};

/** Sorted by start. Kind and outcome are positions in the protocol's lists. `endedAt` is NaN while it runs, and where the length is not known. */
export type ExecutionColumns = {
  length: number;
  machineId: Int32Array;
  processId: Int32Array;
  stepId: Int32Array;
  kind: Uint8Array;
  outcome: Uint8Array;
  startedAt: Float64Array;
  endedAt: Float64Array;
};

/**
 * Whole runs with what each used, sorted by start; what was not measured is NaN. `flags` has a bit for each position in the
 * protocol's list; `part` is 1 of a run that another one is the parent of. `ioBytes` are read and written.
 */
export type MeasuredExecutions = Omit<ExecutionColumns, "stepId"> & {
  flags: Int32Array;
  part: Uint8Array;
  cpuSeconds: Float32Array;
  ioBytes: Float32Array;
  peakCpuCores: Float32Array;
  peakIoBytesPerSecond: Float32Array;
};

/** `part` counts from 0 at the window's start; `failed` are those that failed, timed out or were lost. */
export type DensityRow = {
  machineId: number;
  processId: number;
  stepId: number;
  part: number;
  runs: number;
  failed: number;
  busyMicros: number;
};

export type ExecutionStore = {
  /** Newest first; `before` continues a list. */
  list(
    filter: ExecutionFilter,
    limit: number,
    before?: { startedAt: Micros; executionId: string },
  ): Promise<ExecutionRow[]>;
  /** All executions with this id: one per machine that used it. A finished one hides its running record. */
  byId(executionId: string, machineId?: number): Promise<ExecutionRow[]>;
  /** The end of what it wrote; null if that was never told. */
  output(machineId: number, executionId: string): Promise<string | null>;
  /** Changes what a run under way wrote; false if it is not under way. */
  changeOutput(
    machineId: number,
    executionId: string,
    change: (output: string | null) => string,
  ): Promise<boolean>;
  children(machineId: number, parentId: string): Promise<ExecutionRow[]>;
  /** Those that share most time with [from, to), longest first; one that still runs shares until `to`. */
  overlapping(filter: ExecutionFilter, limit: number): Promise<ExecutionRow[]>;
  /** Those that started at one of these instants (at most 1000), of these machines and processes; in any order. */
  startedAt(
    instants: readonly Micros[],
    machineIds: readonly number[],
    processIds: readonly number[],
  ): Promise<ExecutionRow[]>;
  /** At most `limit` rows, the newest. */
  columns(filter: ExecutionFilter, limit: number): Promise<ExecutionColumns>;
  /** The same of whole runs, never steps, with what they used: 46 bytes each. */
  measured(filter: Omit<ExecutionFilter, "stepId">, limit: number): Promise<MeasuredExecutions>;
  /**
   * Runs counted by machine, process, step and the part of the window in which they start; those that began before it are in
   * the first part. Grouped by machine, so that a store that is spread by it counts where the rows are.
   */
  density(filter: ExecutionFilter, part: Micros, limit: number): Promise<DensityRow[]>;
  /** How many rows there are and the newest arrival, to see whether a model is out of date. */
  newest(): Promise<{ count: number; startedAt: Micros | null }>;
};
