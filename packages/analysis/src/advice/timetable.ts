/** When a group starts by the clock, if it has a schedule: only then can it be moved. */
import { CronSchedule } from "../schedule/cron.ts";
import { learnSchedule } from "../schedule/learn.ts";
import { offsetsWithin } from "../schedule/zone.ts";
import { day } from "./plan.ts";

export type Timetable = {
  /** Seconds after local midnight, ascending. */
  times: number[];
  /** The starts repeat after this long; a day at most. */
  period: number;
};

/** One that starts more often runs all day: no move helps. */
const mostStarts = 10_000;
const week = 7 * day;

/** `starts`: seconds since 1970, ascending. Null without a schedule by the clock, or where it has stopped by `now`. */
export function timetableOf(starts: Float64Array, zone: string, now: number): Timetable | null {
  if (starts.length > mostStarts) return null;
  const learnt = learnSchedule(
    starts.map((start) => start * 1000),
    zone,
    now * 1000,
  );
  if (!learnt || learnt.stopped || !("cron" in learnt)) return null;
  const coming = new CronSchedule(learnt.cron, learnt.timeZone).starts(
    now * 1000,
    (now + 5 * week) * 1000,
    2000,
  );
  const offsetOf = offsetsWithin(zone, coming[0] ?? 0, coming.at(-1) ?? 0);
  const times = new Set(coming.map((at) => timeOfDay(at, offsetOf(at))));
  const sorted = [...times].toSorted((a, b) => a - b);
  return sorted.length === 0 ? null : { times: sorted, period: periodOf(sorted) };
}

function timeOfDay(at: number, offset: number): number {
  const local = (at + offset) / 1000;
  return ((local % day) + day) % day;
}

/** The shortest part of a day after which the times are the same again. */
function periodOf(times: readonly number[]): number {
  const all = new Set(times);
  for (let parts = times.length; parts > 1; parts--) {
    const period = day / parts;
    if (Number.isInteger(period) && times.every((time) => all.has((time + period) % day))) return period;
  }
  return day;
}

/**
 * Whether a job may be proposed to start so much later. A job with a time of its own is not sent over midnight, where it
 * would find another day's data, and by more than an hour only within its part of the day: night, working hours, evening.
 */
export function isFitting({ times, period }: Timetable, shift: number): boolean {
  if (Math.abs(shift) > period / 2 || shift % period === 0) return false;
  if (period < day / 2) return true;
  return times.every((time) => {
    const then = time + shift;
    if (then < 0 || then >= day) return false;
    return Math.abs(shift) <= anHour || partOfDay(then) === partOfDay(time);
  });
}

const anHour = 3600;
const partOfDay = (time: number): number => (time < 7 * anHour ? 0 : time < 19 * anHour ? 1 : 2);

export function shiftedTimes({ times }: Timetable, shift: number): number[] {
  return times.map((time) => (((time + shift) % day) + day) % day).toSorted((a, b) => a - b);
}
