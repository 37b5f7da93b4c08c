/** How a run ended, as colour, shape and word. */
import type { ExecutionOutcome, MachineState, SupervisionEventKind, Verdict } from "@culprit/protocol";
import { m } from "@culprit/messages";

export const outcomeNames: Record<ExecutionOutcome, () => string> = {
  running: m.outcome_running,
  ok: m.outcome_ok,
  failed: m.outcome_failed,
  timeout: m.outcome_timeout,
  lost: m.outcome_lost,
};

export const machineStateNames: Record<MachineState, () => string> = {
  online: m.machine_state_online,
  late: m.machine_state_late,
  silent: m.machine_state_silent,
  unreachable: m.machine_state_unreachable,
  down: m.machine_state_down,
  paused: m.machine_state_paused,
};

export const verdictNames: Record<Verdict, () => string> = {
  culprit: m.verdict_culprit,
  "own-work": m.verdict_own_work,
  host: m.verdict_host,
  "not-separable": m.verdict_not_separable,
  unknown: m.verdict_unknown,
  normal: m.verdict_normal,
};

/** Looks of other things are borrowed from these: what is ok, what is bad, what is in between. */
export function Mark({ look, text }: { look: keyof typeof shapes; text: string }) {
  return (
    <span className={`mark mark-${look}`}>
      <Shape of={look} />
      {text}
    </span>
  );
}

export function Outcome({ outcome }: { outcome: ExecutionOutcome }) {
  return <Mark look={outcome} text={outcomeNames[outcome]()} />;
}

export function MachineStateMark({ state }: { state: MachineState }) {
  return <Mark look={state} text={machineStateNames[state]()} />;
}

export function SlowMark({ direction }: { direction: "slow" | "fast" }) {
  return <Mark look={direction} text={direction === "slow" ? m.slow() : m.fast()} />;
}

const eventLooks = {
  missed: "lost",
  late: "late",
  "too-long": "slow",
  "too-short": "fast",
  failed: "failed",
  "overlapping-itself": "timeout",
  "will-not-finish-before-next-start": "slow",
  lost: "lost",
} as const satisfies Record<SupervisionEventKind, keyof typeof shapes>;

/** Quiet once the event is over; the words beside it say the rest. */
export function EventShape({ kind, open }: { kind: SupervisionEventKind; open: boolean }) {
  return (
    <span className={`mark mark-${eventLooks[kind]}${open ? "" : " mark-over"}`}>
      <Shape of={eventLooks[kind]} />
    </span>
  );
}

const shapes = {
  ok: "M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z",
  online: "M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z",
  running: "M3 1.5 10.5 6 3 10.5Z",
  failed: "M2.5 1 6 4.5 9.5 1 11 2.5 7.5 6 11 9.5 9.5 11 6 7.5 2.5 11 1 9.5 4.5 6 1 2.5Z",
  down: "M2.5 1 6 4.5 9.5 1 11 2.5 7.5 6 11 9.5 9.5 11 6 7.5 2.5 11 1 9.5 4.5 6 1 2.5Z",
  timeout: "M1.5 1.5h9v9h-9Z",
  lost: "M6 .5 11.5 6 6 11.5.5 6ZM6 3.3 3.3 6 6 8.7 8.7 6Z",
  silent: "M6 .5 11.5 6 6 11.5.5 6ZM6 3.3 3.3 6 6 8.7 8.7 6Z",
  unreachable: "M6 .5 11.5 6 6 11.5.5 6Z",
  late: "M6 1 11.5 10.5H.5Z",
  slow: "M6 1 11.5 10.5H.5Z",
  fast: "M6 11 11.5 1.5H.5Z",
  paused: "M2 1.5h3v9H2ZM7 1.5h3v9H7Z",
} as const;

function Shape({ of }: { of: keyof typeof shapes }) {
  return (
    <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
      <path d={shapes[of]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}
