/** Streaks of missed starts that are longer than a sweep looks back: they stay the event that they began as. Pure. */
import { formatInstant, microsPerSecond, type Micros } from "@culprit/protocol";
import type { ExpectationRow, SupervisionEventRow } from "../store/store.ts";
import { lastMissed, type Verdict } from "./judge.ts";
import type { Fact } from "./run.ts";

type Judged = Pick<Verdict, "facts" | "slots" | "question">;
type Reach = { count: number; last: Micros };

/** The facts of the verdict; a streak at the beginning of its slots is that of the event that reaches into them. */
export function continueStreaks(
  verdict: Judged,
  { everySeconds }: Pick<ExpectationRow, "everySeconds">,
  missed: readonly SupervisionEventRow[],
): Fact[] {
  const { facts, slots } = verdict;
  const first = slots[0]?.at;
  const begun = missed.find(
    ({ expectedAt, endedAt, withdrawn }) =>
      first !== undefined && !withdrawn && expectedAt! < first && (endedAt === null || endedAt > first),
  );
  if (!begun) return facts;
  return facts.map((fact) => {
    if (fact.kind !== "missed" || fact.expectedAt !== first) return fact;
    const reach =
      everySeconds === null ? byClock(begun, fact, verdict) : inRhythm(begun, fact, everySeconds, verdict);
    const detail = { count: reach.count, lastExpectedAt: formatInstant(reach.last) };
    return { ...fact, expectedAt: begun.expectedAt, beganAt: begun.beganAt, detail };
  });
}

function byClock(begun: SupervisionEventRow, fact: Fact, { slots }: Judged): Reach {
  const known = lastMissed(begun);
  const last = lastMissed(fact);
  const between = (from: Micros, to: Micros) => slots.filter(({ at }) => at > from && at <= to).length;
  // The one that was last may have been taken by a run that came late.
  return { last, count: (begun.detail.count ?? 1) + between(known, last) - between(last, known) };
}

/** Without a run the slots move on with the look back: the rhythm is that of the event. */
function inRhythm(
  { expectedAt }: SupervisionEventRow,
  { endedAt }: Fact,
  everySeconds: number,
  { question }: Judged,
): Reach {
  const period = everySeconds * microsPerSecond;
  const { knownUntil, graceSeconds } = question;
  const until = Math.min(endedAt ?? Infinity, knownUntil - graceSeconds * microsPerSecond);
  const steps = Math.max(0, Math.floor((until - expectedAt!) / period));
  return { last: expectedAt! + steps * period, count: steps + 1 };
}
