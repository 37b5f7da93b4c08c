/** Missed and late starts. Pure: slots in, facts out. */
import { formatInstant, microsPerSecond, type Micros } from "@culprit/protocol";
import type { Slot } from "./expected-starts.ts";
import type { Fact, Run } from "./run.ts";

/** Starts that were missed one after the other, until the next run; Infinity while none came. */
type Streak = { first: Micros; last: Micros; count: number; endedAt: Micros };

export type StartQuestion = {
  slots: readonly Slot[];
  /** Sorted by start. */
  runs: readonly Run[];
  graceSeconds: number;
  /** What the hub knows of ends here: a start is missed only if nothing came although it would have. */
  knownUntil: Micros;
  /** Whether the hub itself may have failed to hear in [from, to]. */
  deaf: (from: Micros, to: Micros) => boolean;
};

export type StartState = "ran" | "late" | "missed" | "due" | "unknown";

export function stateOfStart(slot: Slot, question: Omit<StartQuestion, "slots">): StartState {
  const deadline = slot.at + question.graceSeconds * microsPerSecond;
  if (slot.run !== null) return question.runs[slot.run]!.startedAt > deadline ? "late" : "ran";
  if (question.deaf(slot.at, deadline)) return "unknown";
  return deadline > question.knownUntil ? "due" : "missed";
}

export function startFacts(question: StartQuestion): Fact[] {
  const { slots, runs, graceSeconds } = question;
  const grace = graceSeconds * microsPerSecond;
  const facts: Fact[] = [];
  for (const streak of streaksOf(question)) facts.push(missed(streak, grace));
  for (const slot of slots) {
    if (slot.run === null || stateOfStart(slot, question) !== "late") continue;
    const run = runs[slot.run]!;
    facts.push({
      kind: "late",
      run,
      beganAt: slot.at + grace,
      expectedAt: slot.at,
      detail: { lateSeconds: (run.startedAt - slot.at) / microsPerSecond },
      endedAt: run.startedAt,
      ending: "started",
    });
  }
  return facts;
}

/** Any run ends a streak, also one that took no start. */
function streaksOf(question: StartQuestion): Streak[] {
  const { slots, runs } = question;
  const streaks: Streak[] = [];
  let next = 0;
  for (const slot of slots) {
    if (stateOfStart(slot, question) !== "missed") continue;
    const streak = streaks.at(-1);
    if (streak) {
      while (next < runs.length && runs[next]!.startedAt <= streak.last) next++;
      streak.endedAt = runs[next]?.startedAt ?? Infinity;
    }
    if (streak && streak.endedAt > slot.at) Object.assign(streak, { last: slot.at, count: streak.count + 1 });
    else streaks.push({ first: slot.at, last: slot.at, count: 1, endedAt: Infinity });
  }
  const open = streaks.at(-1);
  if (open) open.endedAt = runs.find(({ startedAt }) => startedAt > open.last)?.startedAt ?? Infinity;
  return streaks;
}

function missed({ first, last, count, endedAt }: Streak, grace: Micros): Fact {
  const over = endedAt < Infinity;
  return {
    kind: "missed",
    run: null,
    beganAt: first + grace,
    expectedAt: first,
    detail: { count, lastExpectedAt: formatInstant(last) },
    endedAt: over ? endedAt : null,
    ending: over ? "ran-again" : null,
  };
}
