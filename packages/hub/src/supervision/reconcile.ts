/** What must be written so that the events say what was found: new facts, ends, and what turned out not to be so. Pure. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { SupervisionEventRow } from "../store/store.ts";
import { hasSchedule, lastMissed, type Verdict } from "./judge.ts";
import { overBy } from "./run-facts.ts";
import type { Fact, Run } from "./run.ts";
import { stateOfStart } from "./start-facts.ts";
import type { Watched } from "./watched.ts";

export type EventDraft = Omit<SupervisionEventRow, "eventId">;
export type FoundFact = Fact & Pick<Watched, "machineId" | "processId">;

/** What the event is about, as text: the fact's identity beside machine, process and kind. */
export function subjectOf({ run, expectedAt }: Fact): string {
  return run === null ? String(expectedAt) : (run.executionId ?? "");
}

export function draftOf(fact: FoundFact, now: Micros): EventDraft {
  const other = fact.other?.executionId;
  return {
    machineId: fact.machineId,
    processId: fact.processId,
    kind: fact.kind,
    subject: subjectOf(fact),
    beganAt: fact.beganAt,
    noticedAt: now,
    expectedAt: fact.expectedAt,
    executionId: fact.run?.executionId ?? null,
    detail: other ? { ...fact.detail, otherExecutionId: other } : fact.detail,
    endedAt: fact.endedAt,
    ending: fact.ending,
    withdrawn: false,
  };
}

/** Missed starts of before that are none: `missed` are those of this process, `verdict` has judged them anew. */
export function withdrawals(
  missed: readonly SupervisionEventRow[],
  { facts, slots, question }: Verdict,
  now: Micros,
): { event: EventDraft; run: Run | null }[] {
  const standing = new Set(facts.map((fact) => (fact.kind === "missed" ? fact.expectedAt : null)));
  return missed.flatMap((event) => {
    if (event.withdrawn || standing.has(event.expectedAt)) return [];
    const slot = slots.find(({ at }) => at === event.expectedAt);
    if (!slot || slot.run === null) return [];
    const run = question.runs[slot.run]!;
    const ending = stateOfStart(slot, question) === "late" ? "started-late" : "arrived-late";
    return [{ event: { ...event, endedAt: now, ending, withdrawn: true }, run }];
  });
}

/** Whether such an event is over with the run that it is about, whatever comes after it. */
export function endsWithRun(kind: SupervisionEventRow["kind"]): boolean {
  return kind === "too-long" || kind === "overlapping-itself" || kind === "will-not-finish-before-next-start";
}

/** Ends of open events that no fact of this sweep tells; `endOfRun` is asked of kinds that end with their run. */
export function endsOf(
  { expectation, open, runs }: Watched,
  told: ReadonlySet<string>,
  endOfRun: (executionId: string) => Micros | null,
  now: Micros,
): EventDraft[] {
  return open.flatMap((event): EventDraft[] => {
    if (told.has(`${event.kind} ${event.subject}`)) return [];
    switch (event.kind) {
      case "missed": {
        const expected =
          hasSchedule(expectation) &&
          lastMissed(event) >= expectation.effectiveFrom - expectation.graceSeconds * microsPerSecond;
        if (!expected) return [{ ...event, endedAt: now, ending: "no-longer-expected" }];
        const again = runs.find(({ startedAt }) => startedAt > lastMissed(event));
        return again ? [{ ...event, endedAt: again.startedAt, ending: "ran-again" }] : [];
      }
      case "too-long":
      case "overlapping-itself":
      case "will-not-finish-before-next-start": {
        const endedAt = endOfRun(event.executionId!);
        return endedAt === null ? [] : [{ ...event, endedAt, ending: "finished" }];
      }
      case "failed":
      case "lost":
      case "too-short": {
        const over = overBy({ endedAt: event.beganAt }, runs);
        return over.endedAt === null ? [] : [{ ...event, ...over }];
      }
      case "late":
        return [{ ...event, endedAt: now, ending: "started" }];
      default:
        return event.kind satisfies never;
    }
  });
}
