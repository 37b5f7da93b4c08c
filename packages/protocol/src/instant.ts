/**
 * Instants cross a process boundary as RFC 3339 text with up to microseconds; inside they are whole
 * microseconds since 1970 in UTC (a `Micros`), which a JavaScript number holds exactly until the year 2255.
 */
import { z } from "zod";
import { microsPerSecond, type Micros } from "./vocabulary.ts";

const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Reads RFC 3339 with an offset; digits past the microsecond are cut. Returns null if the text is no instant. */
export function parseInstant(text: string): Micros | null {
  const match = rfc3339.exec(text);
  if (!match) return null;
  const [, date, time, fraction = "", offset] = match;
  const milliseconds = Date.parse(`${date}T${time}${offset!.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return null;
  // Date.parse rolls 31 February over into March: only a date that prints back as it was written exists.
  const shift = offset!.length === 1 ? 0 : offsetMilliseconds(offset!);
  if (!new Date(milliseconds + shift).toISOString().startsWith(date!)) return null;
  return milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

function offsetMilliseconds(offset: string): number {
  const sign = offset.startsWith("-") ? -1 : 1;
  return sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))) * 60_000;
}

/** Writes RFC 3339 in UTC with six decimals: `2026-11-23T03:00:00.000000Z`. */
export function formatInstant(instant: Micros): string {
  const seconds = Math.floor(instant / microsPerSecond);
  const fraction = Math.round(instant - seconds * microsPerSecond);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, "0")}Z`;
}

/** An instant as text; stays text, so that JSON schemas, types and answers agree. `parseInstant` gives the number. */
export const instant = z
  .string()
  .max(40)
  .refine(
    (text) => parseInstant(text) !== null,
    "not an RFC 3339 instant with an offset, e.g. 2026-11-23T03:00:00.123456Z",
  )
  .meta({
    id: "Instant",
    format: "date-time",
    description: "RFC 3339 instant; answers are in UTC with microseconds",
  });
