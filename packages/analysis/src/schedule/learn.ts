/**
 * Finds the schedule behind the starts of a process, if there is one. A cron expression is a product of sets (minutes, hours,
 * days), so the sets are what is seen often enough, and the product is then checked against history: nearly every start that it
 * asks for must have taken place, and nearly every run must be one of its own. Random and bursty starts fail that check, since
 * their sets ask for far more than ran.
 */
import { describeCron, type CronSets } from "./cron-text.ts";
import { offsetsWithin } from "./zone.ts";

export type LearntSchedule = ({ cron: string; timeZone: string } | { everySeconds: number }) & {
  /** Lower end of what the share of starts that take place may be (Wilson, one standard deviation). */
  confidence: number;
  graceSeconds: number;
  /** It was so, but no run has come for longer than it allows. */
  stopped: boolean;
};

const minute = 60_000;
const minutesPerDay = 1440;
/** Of the starts asked for those that took place, and of the runs those asked for. */
const leastPrecision = 0.9;
const leastRecall = 0.8;
/** Of the highest count in a set: what is rarer is a run by hand, or late. */
const leastSupport = 0.25;
const leastRuns = { inDay: 12, daily: 6, weekly: 4, monthly: 3, rhythm: 24 };
const leastSpan = 24 * 60;
/** Minutes by which random delays may spread one start. */
const widestJitter = 15;

/** `starts` in milliseconds since 1970, sorted. Null if nothing fits. */
export function learnSchedule(starts: Float64Array, timeZone: string, now: number): LearntSchedule | null {
  if (starts.length < leastRuns.monthly) return null;
  const zones = timeZone === "UTC" ? ["UTC"] : [timeZone, "UTC"];
  for (const zone of zones) {
    const learnt = learnCron(starts, zone, now);
    if (learnt) return learnt;
  }
  return learnRhythm(starts, now);
}

function learnCron(starts: Float64Array, timeZone: string, now: number): LearntSchedule | null {
  const offsetOf = offsetsWithin(timeZone, starts[0] ?? 0, starts.at(-1) ?? 0);
  const walls = starts.map((start) => (start + offsetOf(start)) / minute);
  const minutes = frequent(walls, 60, (wall) => Math.floor(wall) % 60);
  const hours = frequent(walls, 24, (wall) => Math.floor(wall / 60) % 24);
  const alternatives = [minutes, collapsed(minutes)].filter(
    (one, at) => at === 0 || one.length < minutes.length,
  );
  for (const some of alternatives)
    for (const days of dayHypotheses(walls)) {
      const sets = { minutes: some, hours, ...days };
      const fit = check(walls, sets);
      if (!fit) continue;
      const lately = (now - starts.at(-1)!) / minute;
      const { confidence, graceMinutes, longestGap } = fit;
      const stopped = lately > 2 * longestGap + graceMinutes;
      return { cron: describeCron(sets), timeZone, confidence, graceSeconds: graceMinutes * 60, stopped };
    }
  return null;
}

function frequent(walls: Float64Array, count: number, of: (wall: number) => number): number[] {
  const counts = new Uint32Array(count);
  for (const wall of walls) counts[of(wall)]!++;
  const least = Math.max(...counts) * leastSupport;
  return [...counts.keys()].filter((one) => counts[one]! >= least);
}

/** Of minutes that follow each other the first: what a random delay has spread. */
function collapsed(minutes: readonly number[]): number[] {
  const set = new Set(minutes);
  const firsts = minutes.filter((one) => !set.has((one + 59) % 60));
  const widest = Math.max(...firsts.map((first) => runLength(set, first)));
  return firsts.length > 0 && widest <= widestJitter ? firsts : [...minutes];
}

function runLength(set: ReadonlySet<number>, first: number): number {
  let length = 1;
  while (set.has((first + length) % 60)) length++;
  return length;
}

type Days = Pick<CronSets, "weekdays" | "monthDays">;

/** The simplest first: every day, some weekdays, some days of the month. */
function* dayHypotheses(walls: Float64Array): Generator<Days> {
  yield { weekdays: null, monthDays: null };
  const first = dayOf(walls[0]!);
  const last = dayOf(walls.at(-1)!);
  const ran = new Set<number>();
  for (const wall of walls) ran.add(dayOf(wall));
  const weekdays = regular(first, last, ran, weekdayOf, { seen: 2, absent: 2 });
  if (weekdays && weekdays.length < 7) yield { weekdays, monthDays: null };
  const monthDays = regular(first, last, ran, monthDayOf, { seen: leastRuns.monthly, absent: 2 });
  if (monthDays && monthDays.length <= 4) yield { weekdays: null, monthDays };
}

/** The values of the days on which it runs; null while some value was not seen often enough to tell. */
function regular(
  first: number,
  last: number,
  ran: ReadonlySet<number>,
  of: (day: number) => number,
  least: { seen: number; absent: number },
): number[] | null {
  const days = new Map<number, { all: number; hits: number }>();
  for (let day = first; day <= last; day++) {
    const value = days.get(of(day)) ?? { all: 0, hits: 0 };
    days.set(of(day), { all: value.all + 1, hits: value.hits + (ran.has(day) ? 1 : 0) });
  }
  const chosen: number[] = [];
  for (const [value, { all, hits }] of days) {
    if (hits >= all / 2 && hits > 0) {
      if (hits < least.seen) return null;
      chosen.push(value);
    } else if (all < least.absent && hits > 0) return null;
  }
  return chosen.length === 0 ? null : chosen.toSorted((a, b) => a - b);
}

type Fit = { confidence: number; graceMinutes: number; longestGap: number };

function check(walls: Float64Array, sets: CronSets): Fit | null {
  const first = walls[0]!;
  const last = walls.at(-1)!;
  const expected = startsOf(sets, Math.floor(first), last);
  const perDay = sets.minutes.length * sets.hours.length;
  const least = perDay > 1 ? leastRuns.inDay : daysLeast(sets);
  if (expected.length < least || expected.length > 2 * walls.length) return null;
  if (perDay > 1 && last - first < leastSpan) return null;
  const delays: number[] = [];
  let met = 0;
  let at = 0;
  for (const [position, start] of expected.entries()) {
    const until = Math.min(expected[position + 1] ?? Infinity, start + 60);
    while (at < walls.length && walls[at]! < start) at++;
    if (at < walls.length && walls[at]! < until) {
      met++;
      while (at < walls.length && walls[at]! < until) delays.push(walls[at++]! - start);
    }
  }
  if (met < least || met / expected.length < leastPrecision || delays.length / walls.length < leastRecall)
    return null;
  const usual = delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.98)]!;
  return {
    confidence: lowerShare(met, expected.length),
    graceMinutes: Math.min(120, Math.max(3, Math.ceil(2 * usual))),
    longestGap: expected.reduce(
      (most, start, position) => Math.max(most, start - (expected[position - 1] ?? start)),
      0,
    ),
  };
}

function daysLeast({ weekdays, monthDays }: CronSets): number {
  if (monthDays) return leastRuns.monthly;
  return weekdays?.length === 1 ? leastRuns.weekly : leastRuns.daily;
}

function startsOf({ minutes, hours, weekdays, monthDays }: CronSets, from: number, to: number): number[] {
  const inDay = hours.flatMap((hour) => minutes.map((one) => hour * 60 + one));
  const starts: number[] = [];
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    if (weekdays && !weekdays.includes(weekdayOf(day))) continue;
    if (monthDays && !monthDays.includes(monthDayOf(day))) continue;
    for (const one of inDay) {
      const start = day * minutesPerDay + one;
      if (start >= from && start <= to) starts.push(start);
    }
  }
  return starts;
}

const dayOf = (wall: number): number => Math.floor(wall / minutesPerDay);
/** 1 January 1970 was a Thursday. */
const weekdayOf = (day: number): number => (day + 4) % 7;
const monthDayOf = (day: number): number => new Date(day * minutesPerDay * minute).getUTCDate();

/** Runs that follow each other evenly, as of a loop that sleeps. */
function learnRhythm(starts: Float64Array, now: number): LearntSchedule | null {
  const gaps = starts.subarray(1).map((start, at) => start - starts[at]!);
  const median = gaps.toSorted()[gaps.length >> 1] ?? 0;
  const even = gaps.filter((gap) => gap >= 0.9 * median && gap <= 1.1 * median).length;
  const span = (starts.at(-1)! - starts[0]!) / minute;
  if (gaps.length < leastRuns.rhythm || median < minute || span < leastSpan) return null;
  // Bursts are even inside and leave most of the time empty.
  if (gaps.length * median < leastPrecision * span * minute) return null;
  if (even / gaps.length < leastPrecision) return null;
  return {
    everySeconds: Math.round(median / 1000),
    confidence: lowerShare(even, gaps.length),
    graceSeconds: Math.max(180, Math.ceil(median / 4000)),
    stopped: now - starts.at(-1)! > 3 * median,
  };
}

/** Wilson's lower bound of a share at one standard deviation. */
function lowerShare(hits: number, all: number): number {
  const share = hits / all;
  const spread = Math.sqrt((share * (1 - share)) / all + 1 / (4 * all * all));
  return (share + 1 / (2 * all) - spread) / (1 + 1 / all);
}
