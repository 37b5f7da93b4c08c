import type {
  ExpectationSource,
  Micros,
  SupervisionDetail,
  SupervisionEnding,
  SupervisionEventKind,
} from "@culprit/protocol";
import type { ExecutionRow } from "./executions.ts";

/** What is expected of a process on a machine. `cron` has a `timeZone`; with neither it nor `everySeconds` only lengths are bound. */
export type ExpectationRow = {
  expectationId: number;
  machineId: number;
  processId: number;
  source: ExpectationSource;
  cron: string | null;
  timeZone: string | null;
  everySeconds: number | null;
  graceSeconds: number;
  maxSeconds: number | null;
  minSeconds: number | null;
  enabled: boolean;
  /** 0..1, of a learnt one. */
  confidence: number | null;
  /** Starts before it are not expected. */
  effectiveFrom: Micros;
  changedAt: Micros;
};

export type ExpectationStore = {
  list(): Promise<ExpectationRow[]>;
  /** Takes the place of the one of this process, machine and source; only another schedule takes effect anew. */
  put(expectations: readonly Omit<ExpectationRow, "expectationId">[]): Promise<ExpectationRow[]>;
  remove(expectationIds: readonly number[]): Promise<number>;
};

export type SupervisionEventRow = {
  eventId: number;
  machineId: number;
  processId: number;
  kind: SupervisionEventKind;
  /** What it is about; with machine, process and kind it names the fact. */
  subject: string;
  beganAt: Micros;
  noticedAt: Micros;
  expectedAt: Micros | null;
  executionId: string | null;
  detail: SupervisionDetail;
  endedAt: Micros | null;
  ending: SupervisionEnding | null;
  withdrawn: boolean;
};

export type SupervisionEventFilter = {
  machineIds?: readonly number[];
  processIds?: readonly number[];
  kinds?: readonly SupervisionEventKind[];
  /** Events that touch [from, to). */
  from: Micros;
  to: Micros;
  /** Only those that are not over. */
  open?: boolean;
  /** Also those that turned out not to be so. */
  withdrawn?: boolean;
};

export type SupervisionEventStore = {
  /** Newest first; `before` continues a list. */
  list(
    filter: SupervisionEventFilter,
    limit: number,
    before?: { beganAt: Micros; eventId: number },
  ): Promise<SupervisionEventRow[]>;
  /** Adds a fact that is new; of a known one all but its number and `noticedAt` takes the place of what was there. */
  put(events: readonly Omit<SupervisionEventRow, "eventId">[]): Promise<void>;
  /** Of these machines and processes those that were over at or after `from`, withdrawn or not. */
  endedSince(
    filter: { from: Micros; machineIds: readonly number[]; processIds: readonly number[] },
    limit: number,
  ): Promise<SupervisionEventRow[]>;
  /** What the last sweep left for the next, on whichever hub. */
  mark(): Promise<string | null>;
  setMark(mark: string): Promise<void>;
};

/** Sorted by start. Kind and outcome are positions in the protocol's lists; `timed` is 0 for a run whose length is not known. */
export type SupervisedRunColumns = {
  machineId: Int32Array;
  processId: Int32Array;
  kind: Uint8Array;
  outcome: Uint8Array;
  timed: Uint8Array;
  startedAt: Float64Array;
  endedAt: Float64Array;
};

/** The runs that supervision looks at: whole processes, and no web requests. */
export type SupervisedRunStore = {
  /** Those that ended at or after `from`, at most `limit`, the newest. */
  ended(
    filter: { from: Micros; machineIds?: readonly number[]; processIds?: readonly number[] },
    limit: number,
  ): Promise<SupervisedRunColumns>;
  /** Those under way, at most `limit`, the newest. */
  running(limit: number): Promise<ExecutionRow[]>;
  /** Of each machine with executions that were first seen at or after `since`, the earliest start among them. */
  arrivedSince(since: Micros): Promise<{ machineId: number; startedAt: Micros }[]>;
};
