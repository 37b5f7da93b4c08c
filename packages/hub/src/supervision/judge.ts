/** What a sweep finds about one process on one machine. Pure but for the cache of cron expressions. */
import type { Baseline } from "@culprit/analysis";
import { microsPerSecond, parseInstant, type Micros } from "@culprit/protocol";
import type { ExpectationRow, SupervisionEventRow } from "../store/store.ts";
import {
  cronOf,
  cronStarts,
  everySlots,
  fillSlots,
  nextCronStart,
  previousCronStart,
  type Slot,
} from "./expected-starts.ts";
import type { Fact, Run } from "./run.ts";
import { runFacts } from "./run-facts.ts";
import { startFacts, type StartQuestion } from "./start-facts.ts";
import type { Watched } from "./watched.ts";

/** Of a learnt schedule from which on a start that does not come is called missed. */
export const sureEnough = 0.85;

const minute = 60 * microsPerSecond;

export type Knowledge = { now: Micros } & Pick<StartQuestion, "knownUntil" | "deaf">;

export type Verdict = {
  facts: Fact[];
  slots: Slot[];
  question: StartQuestion;
  /** When the next start, if none comes, will be missed. */
  dueAt: Micros;
};

export function hasSchedule(expectation: ExpectationRow | null): expectation is ExpectationRow {
  return (
    expectation !== null &&
    (expectation.cron !== null || expectation.everySeconds !== null) &&
    (expectation.confidence ?? 1) >= sureEnough
  );
}

/** The first instant whose starts a look back to `lookBack` needs: the last start before, or a streak that goes on. */
export function slotsFrom(
  expectation: ExpectationRow,
  missed: readonly SupervisionEventRow[],
  lookBack: Micros,
): Micros {
  const { everySeconds, graceSeconds, effectiveFrom } = expectation;
  const reach = lookBack - graceSeconds * microsPerSecond - minute;
  const schedule = cronOf(expectation);
  const first = schedule
    ? (previousCronStart(schedule, reach) ?? reach)
    : reach - everySeconds! * microsPerSecond;
  const touching = missed
    .filter(({ endedAt, withdrawn }) => !withdrawn && (endedAt === null || endedAt >= first))
    .map(({ expectedAt }) => expectedAt!);
  // One start more than the streak, so that what ran before it takes its own.
  const begun = Math.min(first, ...touching.map((at) => at - (everySeconds ?? 0) * microsPerSecond - minute));
  return Math.max(begun, effectiveFrom);
}

/** `runs` reach back to `from`, the answer of `slotsFrom`. */
export function judgeStarts(
  { expectation, runs }: { expectation: ExpectationRow; runs: readonly Run[] },
  from: Micros,
  { now, knownUntil, deaf }: Knowledge,
): Verdict {
  const { graceSeconds, everySeconds, effectiveFrom } = expectation;
  const grace = graceSeconds * microsPerSecond;
  const schedule = cronOf(expectation);
  const starts = runs.map(({ startedAt }) => startedAt);
  const anchor = starts.find((start) => start >= from - minute) ?? Math.max(effectiveFrom, from);
  const slots = schedule
    ? fillSlots(cronStarts(schedule, from, now + 1), starts, graceSeconds)
    : everySlots(everySeconds!, anchor, starts, now);
  const question = { slots, runs, graceSeconds, knownUntil, deaf };
  const undecided = slots.find(({ at, run }) => run === null && at + grace > knownUntil);
  const last = starts.findLast((start) => start <= now) ?? anchor;
  const next = schedule
    ? nextCronStart(schedule, now)
    : Math.max(last, slots.at(-1)?.at ?? 0) + everySeconds! * microsPerSecond;
  return {
    facts: startFacts(question),
    slots,
    question,
    dueAt: (undecided?.at ?? next ?? Infinity) + grace,
  };
}

/** Of the runs that ended since `from`, or still run. */
export function judgeRuns(
  { expectation, runs }: Watched,
  from: Micros,
  now: Micros,
  normalOf: (run: Run) => Baseline | undefined,
): Fact[] {
  const schedule = hasSchedule(expectation) ? cronOf(expectation) : null;
  const facts = runFacts({
    runs,
    now,
    maxSeconds: expectation?.maxSeconds ?? null,
    minSeconds: expectation?.minSeconds ?? null,
    boundSince: expectation?.effectiveFrom ?? 0,
    normalOf,
    nextStart: schedule && ((after) => nextCronStart(schedule, after)),
  });
  return facts.filter(({ run }) => run!.endedAt >= from);
}

/** The last start of a streak of missed ones. */
export function lastMissed({
  expectedAt,
  detail,
}: Pick<SupervisionEventRow, "expectedAt" | "detail">): Micros {
  return (detail.lastExpectedAt && parseInstant(detail.lastExpectedAt)) || expectedAt!;
}
