/**
 * The starts that a cron expression expects. The croner library reads the expression and finds its days; hours and minutes are
 * spread over the day here, because a sweep over many schedules asks for thousands of starts.
 *
 * Changes of the clock are treated as cron(8) of Debian does: where hour and minute are both without `*`, a start in the hour
 * that is skipped comes right after it, and one in the hour that repeats comes once. Others follow the clock on the wall.
 */
import { Cron } from "croner";
import { isTimeZone, zoneSpans, type ZoneSpan } from "./zone.ts";

const minute = 60_000;
const day = 86_400_000;
const nicknames: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
/** 29 February comes again after eight years at the latest. */
const longestWait = 9 * 366 * day;
const daysKept = 1000;
const someTime = Date.UTC(2026, 0, 1);

/** Not a schedule: says why in words for a person. */
export class ScheduleError extends Error {}

export class CronSchedule {
  readonly #days: Cron;
  readonly #zone: string;
  /** Minutes of the day, sorted. */
  readonly #minutes: readonly number[];
  readonly #fixedTime: boolean;
  readonly #knownDays = new Map<number, boolean>();

  /** Throws ScheduleError. */
  constructor(expression: string, zone: string) {
    if (!isTimeZone(zone)) throw new ScheduleError(`there is no time zone ${zone}`);
    this.#zone = zone;
    const text = expression.trim().toLowerCase();
    const fields = (nicknames[text] ?? text).split(/\s+/);
    if (text === "@reboot") throw new ScheduleError("@reboot names no time: nothing can be expected of it");
    const [minutes, hours, ...days] = fields;
    if (fields.length !== 5 || minutes === undefined || hours === undefined)
      throw new ScheduleError(
        `a cron expression has five fields (minute, hour, day, month, weekday), this has ${fields.length}: ${expression}`,
      );
    try {
      // Of the minutes and hours the library checks what it reads; only its days are used.
      dayPattern(`${minutes} ${hours} * * *`);
      this.#days = dayPattern(`0 0 ${days.join(" ")}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
      throw new ScheduleError(`not a cron expression: ${reason}`, { cause: error });
    }
    const inHour = numbersOf(minutes, 60);
    this.#minutes = numbersOf(hours, 24).flatMap((hour) => inHour.map((one) => hour * 60 + one));
    this.#fixedTime = !/[*?]/.test(minutes + hours);
    if (this.next(someTime) === null) throw new ScheduleError(`never comes: ${expression}`);
  }

  /** All starts in [from, to), sorted; milliseconds since 1970. At most `most`, the first ones. */
  starts(from: number, to: number, most = Infinity): number[] {
    const starts: number[] = [];
    for (const span of zoneSpans(this.#zone, from, to)) {
      this.#inSpan(span, { from, to }, most, starts);
      if (starts.length >= most) break;
    }
    return starts;
  }

  /** The first start after an instant; null if there is none within nine years. */
  next(after: number): number | null {
    for (let from = after + 1, length = day; from < after + longestWait; from += length, length *= 2) {
      const [first] = this.starts(from, from + length, 1);
      if (first !== undefined) return first;
    }
    return null;
  }

  /** The last start at or before an instant; null if there is none within nine years. */
  previous(at: number): number | null {
    for (let to = at + 1, length = day; to > at - longestWait; to -= length, length *= 2) {
      const last = this.starts(to - length, to).at(-1);
      if (last !== undefined) return last;
    }
    return null;
  }

  #inSpan(span: ZoneSpan, window: { from: number; to: number }, most: number, starts: number[]): void {
    const { offset, before } = span;
    let first = Math.max(span.from, window.from) + offset;
    const end = Math.min(span.to, window.to) + offset;
    if (this.#fixedTime && offset > before && span.from >= window.from)
      if (this.#anyWall(span.from + before, span.from + offset)) starts.push(span.from);
    if (this.#fixedTime && offset < before) first = Math.max(first, span.from + before);
    for (let midnight = Math.floor(first / day) * day; midnight < end; midnight += day) {
      if (!this.#isDay(midnight)) continue;
      for (const one of this.#minutes) {
        const wall = midnight + one * minute;
        if (wall < first || wall >= end || wall - offset === starts.at(-1)) continue;
        starts.push(wall - offset);
        if (starts.length >= most) return;
      }
    }
  }

  #anyWall(from: number, to: number): boolean {
    for (let midnight = Math.floor(from / day) * day; midnight < to; midnight += day)
      if (
        this.#isDay(midnight) &&
        this.#minutes.some((one) => midnight + one * minute >= from && midnight + one * minute < to)
      )
        return true;
    return false;
  }

  /** `midnight` as the zone's clocks show it, written as if in UTC. */
  #isDay(midnight: number): boolean {
    let is = this.#knownDays.get(midnight);
    if (is === undefined) {
      if (this.#knownDays.size >= daysKept) this.#knownDays.clear();
      is = this.#days.match(new Date(midnight));
      this.#knownDays.set(midnight, is);
    }
    return is;
  }
}

function dayPattern(pattern: string): Cron {
  return new Cron(pattern, { mode: "5-part", legacyMode: true, paused: true, utcOffset: 0 });
}

/** The numbers of a minute or hour field, which croner has accepted: `*`, `a`, `a-b`, each with `/step`, in a list. */
function numbersOf(field: string, count: number): number[] {
  const numbers = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "*", step = "1"] = part.split("/");
    const [low, high] = /^[*?]$/.test(range) ? [0, count - 1] : range.split("-").map(Number);
    const last = high ?? (part.includes("/") ? count - 1 : low!);
    for (let one = low!; one <= last; one += Number(step)) numbers.add(one);
  }
  return [...numbers].toSorted((a, b) => a - b);
}
