/**
 * Local wall-clock times, as old clients and dumps write them: text in an IANA time zone becomes an instant. Twice a
 * year that has two answers, or none. A time that the clock shows twice is taken as the first; one that it never shows
 * as if the clock had not been moved yet (RFC 5545's and Temporal's "compatible"). Both are said, so that a record can
 * carry the flag `ambiguous-time`.
 */
import { z } from "zod";
import { parseInstant } from "./instant.ts";
import type { Micros } from "./vocabulary.ts";

export type LocalTime = {
  at: Micros;
  /** The other reading: of a time shown twice the second, of one never shown the one by the moved clock. Else `at`. */
  otherwise: Micros;
  shown: "once" | "twice" | "never";
};

const local = /^([1-9]\d{3}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{0,6}))?$/;
const dayMillis = 86_400_000;

/**
 * Reads `YYYY-MM-DD HH:MM:SS[.ffffff]` (or with `T`) in the zone, or the same with an offset, which wins over the zone.
 * Null if the text is no time. Throws a RangeError if the zone is unknown: `isTimeZone` tells.
 */
export function parseLocalTime(text: string, zone: string): LocalTime | null {
  const at = parseInstant(text);
  if (at !== null) return { at, otherwise: at, shown: "once" };
  const match = local.exec(text);
  if (!match) return null;
  const [, date, time, fraction = ""] = match;
  const wall = parseInstant(`${date}T${time}Z`);
  return wall === null ? null : onClock(wall / 1000, Number(fraction.padEnd(6, "0")), offsetsOf(zone));
}

/**
 * Start and end of one run. Of several readings the shortest run that does not end before it starts is taken, of
 * equally long ones the first: 01:50 to 01:10 on the night that has 01:00 to 02:00 twice are 20 minutes.
 */
export function parseLocalSpan(
  start: string,
  end: string,
  zone: string,
): { startedAt: Micros; endedAt: Micros; ambiguous: boolean } | null {
  const from = parseLocalTime(start, zone);
  const to = parseLocalTime(end, zone);
  if (!from || !to) return null;
  let best = { startedAt: from.at, endedAt: to.at };
  for (const startedAt of [from.at, from.otherwise])
    for (const endedAt of [to.at, to.otherwise])
      if (endedAt >= startedAt && !(length(best) >= 0 && length(best) <= endedAt - startedAt))
        best = { startedAt, endedAt };
  return { ...best, ambiguous: from.shown !== "once" || to.shown !== "once" };
}

const length = ({ startedAt, endedAt }: { startedAt: Micros; endedAt: Micros }) => endedAt - startedAt;

export function isTimeZone(zone: string): boolean {
  try {
    offsetsOf(zone);
    return true;
  } catch {
    return false;
  }
}

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "not an IANA time zone, e.g. America/Sao_Paulo")
  .meta({ id: "TimeZone", description: "IANA name of a time zone" });

/** `wall`: the clock's face read as if it were UTC, whole seconds in milliseconds. */
function onClock(wall: number, micros: number, offsets: ZoneOffsets): LocalTime {
  const { before, after } = offsets.around(wall);
  const found = (millis: number, other: number, shown: LocalTime["shown"]): LocalTime => ({
    at: millis * 1000 + micros,
    otherwise: other * 1000 + micros,
    shown,
  });
  const early = wall - before;
  const late = wall - after;
  if (before === after) return found(early, early, "once");
  const isEarly = offsets.at(early) === before;
  const isLate = offsets.at(late) === after;
  if (isEarly && isLate) return found(early, late, "twice");
  if (isEarly) return found(early, early, "once");
  if (isLate) return found(late, late, "once");
  return found(early, late, "never");
}

/** What a zone's clocks are ahead of UTC, in milliseconds. Asking the system costs microseconds, so days are held. */
class ZoneOffsets {
  readonly #format: Intl.DateTimeFormat;
  readonly #days = new Map<number, { before: number; after: number }>();

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  }

  at(millis: number): number {
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.#format.format(millis));
    const [, sign, hours = 0, minutes = 0, seconds = 0] = match ?? [];
    const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
    return sign === "-" ? -ahead : ahead;
  }

  /** Well before and well after that day of the clock; no zone is more than a day from UTC. */
  around(wall: number): { before: number; after: number } {
    const day = Math.floor(wall / dayMillis);
    let found = this.#days.get(day);
    if (!found) {
      found = { before: this.at((day - 1) * dayMillis), after: this.at((day + 2) * dayMillis) };
      if (this.#days.size >= 1000) this.#days.clear();
      this.#days.set(day, found);
    }
    return found;
  }
}

const zones = new Map<string, ZoneOffsets>();

function offsetsOf(zone: string): ZoneOffsets {
  let offsets = zones.get(zone);
  if (!offsets) {
    offsets = new ZoneOffsets(zone);
    if (zones.size >= 100) zones.clear();
    zones.set(zone, offsets);
  }
  return offsets;
}
