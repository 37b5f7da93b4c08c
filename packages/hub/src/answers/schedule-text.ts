/** What to move, what that would gain and what it gained, in the reader's language. Pure, from the answer objects. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import { type DoneMove, type Herd, type Schedule, type ScheduleAdvice, type WhatIf } from "@culprit/protocol";
import {
  amountText,
  boundsOf,
  capital,
  dayText,
  figure,
  namesText,
  negated,
  placeText,
  type Amount,
} from "./amount-text.ts";
import type { Locale } from "./why-text.ts";

/** More starts than these in a day are told by how much they move. */
const mostStarts = 3;

type Saving = Pick<WhatIf, "savingSeconds" | "low" | "high">;
const amountOf = ({ savingSeconds, low, high }: Saving): Amount => ({ seconds: savingSeconds, low, high });

/** start `backup` on `db-1` at 04:15 instead of 03:00 (UTC): saves 12 min (8 min to 15 min) of run time a day, ... */
export function adviceText(advice: Omit<ScheduleAdvice, "text">, locale: Locale): string {
  const inputs = { move: capital(moveText(advice, locale)), amount: amountText(amountOf(advice), locale) };
  const saves =
    advice.low > 0 ? m.tell_advice_saves(inputs, { locale }) : m.tell_advice_perhaps(inputs, { locale });
  const [most] = advice.victims.toSorted((a, b) => b.savingSeconds - a.savingSeconds);
  if (!most || most.savingSeconds < advice.savingSeconds / 2) return saves;
  return m.tell_advice_most({ saves, place: placeText(most, locale) }, { locale });
}

function moveText(advice: Omit<ScheduleAdvice, "text">, locale: Locale): string {
  const { startsNow, startsThen, zone, shiftSeconds } = advice;
  const place = placeText(advice, locale);
  if (startsNow.length > 0 && startsNow.length <= mostStarts && startsThen.length === startsNow.length) {
    const inputs = { place, now: startsNow.join(", "), better: startsThen.join(", "), zone };
    return m.tell_advice_times(inputs, { locale });
  }
  const shift = formatDuration(Math.abs(shiftSeconds), locale);
  return shiftSeconds < 0
    ? m.tell_advice_earlier({ place, shift }, { locale })
    : m.tell_advice_later({ place, shift }, { locale });
}

/** Of the moves asked about together. Only what the interval rules out is ruled out. */
export function whatIfText(answer: Omit<WhatIf, "text">, locale: Locale): string {
  if (answer.fittedAt === null) return m.tell_advice_not_fitted({}, { locale });
  const { savingSeconds, low, high, processes } = answer;
  if (savingSeconds === 0 && low === 0 && high === 0) return m.tell_what_if_nothing({}, { locale });
  const amount = amountOf(answer);
  const clauses = [whatItDoes(amount, locale)];
  const bySaving = processes.toSorted((a, b) => b.savingSeconds - a.savingSeconds);
  const [best] = bySaving;
  const worst = bySaving.at(-1);
  if (best && best.low > 0)
    clauses.push(
      m.tell_what_if_gains(
        { place: placeText(best, locale), seconds: formatDuration(best.savingSeconds, locale) },
        { locale },
      ),
    );
  if (worst && worst.high < 0)
    clauses.push(
      m.tell_what_if_loses(
        { place: placeText(worst, locale), seconds: formatDuration(-worst.savingSeconds, locale) },
        { locale },
      ),
    );
  return clauses.join("; ");
}

function whatItDoes(amount: Amount, locale: Locale): string {
  if (amount.low > 0) return m.tell_what_if_saves({ amount: amountText(amount, locale) }, { locale });
  if (amount.high < 0)
    return m.tell_what_if_costs({ amount: amountText(negated(amount), locale) }, { locale });
  return m.tell_what_if_unsure(boundsOf(amount, locale), { locale });
}

/** `zone`: the one in which the day of the move is told. */
export function doneMoveText(move: Omit<DoneMove, "text">, locale: Locale, zone: string): string {
  const inputs = {
    place: placeText(move, locale),
    shift: formatDuration(Math.abs(move.shiftSeconds), locale),
    day: dayText(move.movedAt, locale, zone),
  };
  const moved =
    move.shiftSeconds < 0 ? m.tell_done_earlier(inputs, { locale }) : m.tell_done_later(inputs, { locale });
  const runs = { before: figure(move.runsBefore, locale), after: figure(move.runsAfter, locale) };
  return `${doneClause(moved, amountOf(move), locale)}; ${m.tell_done_runs(runs, { locale })}`;
}

function doneClause(moved: string, amount: Amount, locale: Locale): string {
  if (amount.low > 0) return m.tell_done_saved({ moved, amount: amountText(amount, locale) }, { locale });
  if (amount.high < 0)
    return m.tell_done_cost({ moved, amount: amountText(negated(amount), locale) }, { locale });
  return m.tell_done_unsure({ moved, ...boundsOf(amount, locale) }, { locale });
}

export function herdText({ processes, machine, startsAt, zone }: Omit<Herd, "text">, locale: Locale): string {
  const quoted = processes.map(({ process }) => `\`${process}\``);
  const who = { processes: namesText(quoted, locale, "conjunction"), machine };
  if (startsAt.length === 0) return m.tell_herd_changing(who, { locale });
  if (startsAt.length > mostStarts)
    return m.tell_herd_often({ ...who, count: figure(startsAt.length, locale) }, { locale });
  const times = new Intl.ListFormat(locale).format(startsAt);
  return m.tell_herd_at({ ...who, times, zone }, { locale });
}

export function scheduleText(schedule: Omit<Schedule, "text">, locale: Locale): string {
  const { advice, fittedAt } = schedule;
  if (fittedAt === null) return m.tell_advice_not_fitted({}, { locale });
  const [first] = advice;
  if (!first) return m.tell_advice_none({}, { locale });
  // Each is computed as if those before it were done: their savings add up.
  const total = advice.reduce((sum, { savingSeconds }) => sum + savingSeconds, 0);
  return m.tell_advice_moves(
    { count: advice.length, seconds: formatDuration(total, locale), first: moveText(first, locale) },
    { locale },
  );
}
