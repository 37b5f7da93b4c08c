/** With what a span of time is compared: the same hours of the days before, or of the weeks before if it is long. */

/** Seconds since 1970, [from, to). */
export type Span = { from: number; to: number };

const day = 86_400;
const week = 7 * day;
const daysBefore = 14;
/** The same day of the week further back: what comes once a week has few others. */
const weeksBefore = [21 * day, 28 * day];
const farthest = 56 * day;

/** The latest first, none overlapping the span; those before `since` are left out. RangeError for a reversed span. */
export function spansBefore({ from, to }: Span, since = -Infinity): Span[] {
  if (!(from < to)) throw new RangeError(`span from ${from} to ${to} is reversed or empty`);
  const length = to - from;
  const shifts: number[] = [];
  if (length <= day) {
    for (let days = 1; days <= daysBefore; days++) shifts.push(days * day);
    shifts.push(...weeksBefore);
  } else {
    const step = length > 4 * day ? Math.ceil(length / week) * week : Math.ceil(length / day) * day;
    for (let shift = step; shift <= Math.max(farthest, 3 * step); shift += step) shifts.push(shift);
  }
  return shifts
    .map((shift) => ({ from: from - shift, to: to - shift }))
    .filter((before) => before.from >= since);
}

const middleDay = ({ from, to }: Span): number => Math.floor((from + to) / 2 / day);

/** Whether two spans are on days of one kind, working days or weekends; those of more than a day have no kind. */
export function isSameKind(one: Span, other: Span): boolean {
  return one.to - one.from > day || isWeekend(middleDay(one)) === isWeekend(middleDay(other));
}

export function isSameWeekday(one: Span, other: Span): boolean {
  return one.to - one.from <= day && (middleDay(one) - middleDay(other)) % 7 === 0;
}

/** 1 January 1970 was a Thursday. */
const isWeekend = (one: number): boolean => (((one + 3) % 7) + 7) % 7 > 4;
