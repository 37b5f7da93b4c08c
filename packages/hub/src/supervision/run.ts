/** What supervision finds: facts about the runs of one process on one machine. */
import type {
  ExecutionKind,
  ExecutionOutcome,
  Micros,
  SupervisionDetail,
  SupervisionEnding,
  SupervisionEventKind,
} from "@culprit/protocol";

/** A run as a whole, no web request. `endedAt` is Infinity while it runs; its id is looked up only where it is needed. */
export type Run = {
  startedAt: Micros;
  endedAt: Micros;
  outcome: ExecutionOutcome;
  kind: ExecutionKind;
  /** False: when it started is not known, only that it ended. */
  timed: boolean;
  executionId: string | null;
};

/** An event to be; what it is about is a run or an expected start. */
export type Fact = {
  kind: SupervisionEventKind;
  run: Run | null;
  beganAt: Micros;
  expectedAt: Micros | null;
  detail: SupervisionDetail;
  /** The run to name in `detail.otherExecutionId`. */
  other?: Run;
  endedAt: Micros | null;
  ending: SupervisionEnding | null;
};
