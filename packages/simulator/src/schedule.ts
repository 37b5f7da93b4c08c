/** When a process starts. Seconds since 1970; days begin at midnight UTC. */
import type { Random } from "./random.ts";

export const hour = 3600;
export const day = 86_400;
/** A Monday. */
export const origin = Date.UTC(2026, 0, 5) / 1000;

export type Schedule =
  /** As `*\/15` in a crontab or a timer: every so many seconds, `delay` at most late. */
  | { kind: "every"; seconds: number; offset: number; delay: number }
  /** At a second of the day, on a share of the days (drawn by chance) or on all. */
  | { kind: "daily"; at: number; delay: number; share: number }
  /** At a second of the day on certain days of the week, 0 is Monday. */
  | { kind: "weekly"; at: number; delay: number; weekdays: readonly number[] }
  /** At a second of the day, only when the day's volume is above `volume`. */
  | { kind: "heavy-days"; at: number; delay: number; volume: number }
  /** Started by people or events: at any time. */
  | { kind: "any-time"; perDay: number }
  /** Requests: more by day than by night. */
  | { kind: "diurnal"; perDay: number }
  /** With another process: at each of its starts, or at a share of them and at times of its own. */
  | { kind: "beside"; process: number; delay: number; alsoPerDay: number }
  /** When something else said so. */
  | { kind: "told"; starts: readonly number[] };

/** How much work a day brings, in standard deviations; by day. */
export type Volumes = Float64Array;

/** Ascending. `startsOf` another process is asked for only by `beside`. */
export function startsOf(
  schedule: Schedule,
  days: number,
  random: Random,
  volumes: Volumes,
  startsOfOther: (process: number) => readonly number[],
): number[] {
  const end = origin + days * day;
  const starts: number[] = [];
  const late = (delay: number) => delay * random.next();
  switch (schedule.kind) {
    case "every":
      for (let at = origin + schedule.offset; at < end; at += schedule.seconds)
        starts.push(at + late(schedule.delay));
      break;
    case "daily":
      for (let at = origin + schedule.at; at < end; at += day) {
        const runs = random.chance(schedule.share);
        const start = at + late(schedule.delay);
        if (runs) starts.push(start);
      }
      break;
    case "weekly":
      for (let today = 0; today < days; today++) {
        const start = origin + today * day + schedule.at + late(schedule.delay);
        if (schedule.weekdays.includes(today % 7)) starts.push(start);
      }
      break;
    case "heavy-days":
      for (let today = 0; today < days; today++) {
        const start = origin + today * day + schedule.at + late(schedule.delay);
        if (volumes[today]! > schedule.volume) starts.push(start);
      }
      break;
    case "any-time":
      addAnyTime(starts, schedule.perDay, end, random);
      break;
    case "diurnal":
      for (let at = origin; at < end;) {
        at += random.exponential(day / (schedule.perDay * 2));
        // Thinned: nothing at 03:00, all at 15:00.
        if (at < end && random.chance(0.5 - 0.5 * Math.cos(((at - 3 * hour) / day) * 2 * Math.PI)))
          starts.push(at);
      }
      break;
    case "beside":
      for (const start of startsOfOther(schedule.process)) starts.push(start + late(schedule.delay));
      addAnyTime(starts, schedule.alsoPerDay, end, random);
      break;
    case "told":
      starts.push(...schedule.starts);
      break;
    default:
      schedule satisfies never;
  }
  return starts.toSorted((a, b) => a - b);
}

function addAnyTime(starts: number[], perDay: number, end: number, random: Random): void {
  if (perDay <= 0) return;
  for (let at = origin + random.exponential(day / perDay); at < end; at += random.exponential(day / perDay))
    starts.push(at);
}
