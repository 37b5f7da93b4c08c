/** The starts that an expectation asks for, side by side with the runs: one slot for each start. Pure. */
import { CronSchedule } from "@culprit/analysis";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { ExpectationRow } from "../store/store.ts";

/** An expected start and the run that took it, by its position in the list of starts; null if none did. */
export type Slot = { at: Micros; run: number | null };

/** A start may come this much before its time: clocks differ. */
const earlySeconds = 30;
/** Of one expectation in one sweep: a week of a job that runs each minute. */
export const mostSlots = 10_080;

const schedules = new Map<string, CronSchedule>();
const schedulesKept = 5000;

/** Of an expectation with a cron expression; reading one costs more than asking it. */
export function cronOf({ cron, timeZone }: Pick<ExpectationRow, "cron" | "timeZone">): CronSchedule | null {
  if (cron === null) return null;
  const key = `${cron} ${timeZone}`;
  let schedule = schedules.get(key);
  if (!schedule) {
    if (schedules.size >= schedulesKept) schedules.clear();
    schedules.set(key, (schedule = new CronSchedule(cron, timeZone ?? "UTC")));
  }
  return schedule;
}

/** In [from, to), at most `most`. */
export function cronStarts(schedule: CronSchedule, from: Micros, to: Micros, most = mostSlots): Micros[] {
  return schedule.starts(Math.ceil(from / 1000), Math.ceil(to / 1000), most).map((at) => at * 1000);
}

export function nextCronStart(schedule: CronSchedule, after: Micros): Micros | null {
  const next = schedule.next(Math.floor(after / 1000));
  return next === null ? null : next * 1000;
}

export function previousCronStart(schedule: CronSchedule, at: Micros): Micros | null {
  const previous = schedule.previous(Math.floor(at / 1000));
  return previous === null ? null : previous * 1000;
}

/**
 * `expected` and `starts` are sorted. A run takes the last start that was due when it began; a start that got none takes the
 * first of several that the next one got, if that came within the grace: jitter is no missed start.
 */
export function fillSlots(
  expected: readonly Micros[],
  starts: readonly Micros[],
  graceSeconds: number,
): Slot[] {
  const slots = expected.map((at): Slot & { others: number } => ({ at, run: null, others: 0 }));
  let slot = -1;
  starts.forEach((start, run) => {
    while (slot + 1 < slots.length && earliest(slots, slot + 1) <= start) slot++;
    const taken = slots[slot];
    if (!taken) return;
    if (taken.run === null) taken.run = run;
    else taken.others++;
  });
  slots.forEach((one, at) => {
    const next = slots[at + 1];
    if (one.run !== null || !next || next.run === null || next.others === 0) return;
    if (starts[next.run]! > one.at + graceSeconds * microsPerSecond) return;
    one.run = next.run++;
    next.others--;
  });
  return slots.map(({ at, run }) => ({ at, run }));
}

function earliest(slots: readonly Slot[], index: number): Micros {
  const { at } = slots[index]!;
  const before = slots[index - 1];
  const early = earlySeconds * microsPerSecond;
  return at - (before ? Math.min(early, (at - before.at) / 4) : early);
}

/**
 * Starts that are due `everySeconds` after the one before, whether that was on time or not; without one they are due in that
 * rhythm from `anchor` on. Until `now`.
 */
export function everySlots(
  everySeconds: number,
  anchor: Micros,
  starts: readonly Micros[],
  now: Micros,
): Slot[] {
  const period = everySeconds * microsPerSecond;
  const slots: Slot[] = [];
  let last = anchor;
  const due = (until: Micros): void => {
    for (let at = last + period; at <= until && slots.length < mostSlots; at += period)
      slots.push({ at, run: null });
  };
  starts.forEach((start, run) => {
    if (start <= anchor) return;
    due(start);
    const slot = slots.at(-1);
    if (slot && slot.at > last) slot.run = run;
    last = start;
  });
  due(now);
  return slots;
}
