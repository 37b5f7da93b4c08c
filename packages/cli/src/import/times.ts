/** Times and durations as logs write them: RFC 3339, local dates and times, seconds since 1970 in any precision. */
import { microsPerSecond, parseLocalSpan, parseLocalTime, type Micros } from "@culprit/protocol";

export type DateOrder = "dmy" | "mdy";
export type TimeForm = { zone: string; dateOrder: DateOrder | undefined };

const epoch = /^(\d{9,11})(?:[.,](\d{1,9}))?$|^(\d{12,14})(?:[.,]\d+)?$|^(\d{15,17})$|^(\d{18,19})$/;
const yearFirst =
  /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?$/i;
const yearLast =
  /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;

/** An instant, a local time in the one form that the protocol reads, or null for what is no time. */
function readTime(text: string, order: DateOrder | undefined): Micros | string | null {
  const trimmed = text.trim();
  const number = epoch.exec(trimmed);
  if (number) {
    const [, seconds, fraction = "", millis, micros, nanos] = number;
    if (seconds) return Number(seconds) * microsPerSecond + Number(fraction.slice(0, 6).padEnd(6, "0"));
    if (millis) return Math.round(Number(trimmed.replace(",", ".")) * 1000);
    return micros ? Number(micros) : Math.floor(Number(nanos!.slice(0, -3)));
  }
  const first = yearFirst.exec(trimmed);
  if (first) {
    const [, year, month, day, hour, minute, second, fraction, zone = ""] = first;
    return `${year}-${month}-${day}T${clock(hour, minute, second, fraction)}${offset(zone)}`;
  }
  const last = order && yearLast.exec(trimmed);
  if (!last) return null;
  const [, one, two, year, hour, minute, second, fraction] = last;
  const [day, month] = order === "dmy" ? [one!, two!] : [two!, one!];
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${clock(hour, minute, second, fraction)}`;
}

function clock(hour = "0", minute = "00", second = "00", fraction = ""): string {
  const time = `${hour.padStart(2, "0")}:${minute}:${second}`;
  return fraction ? `${time}.${fraction.slice(0, 6)}` : time;
}

function offset(zone: string): string {
  if (zone === "") return "";
  if (/^(z|utc|gmt)$/i.test(zone)) return "Z";
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
}

export type ReadInstant = { at: Micros; ambiguous: boolean };

export function readInstant(text: string, { zone, dateOrder }: TimeForm): ReadInstant | null {
  const time = readTime(text, dateOrder);
  if (time === null) return null;
  if (typeof time === "number") return { at: time, ambiguous: false };
  const local = parseLocalTime(time, zone);
  return local && { at: local.at, ambiguous: local.shown !== "once" };
}

/** Both ends together: around a change of the clock the one tells the other. Null: one of them is no time. */
export function readSpan(start: string, end: string, form: TimeForm) {
  const from = readTime(start, form.dateOrder);
  const to = readTime(end, form.dateOrder);
  if (typeof from === "string" && typeof to === "string") return parseLocalSpan(from, to, form.zone);
  const startedAt = readInstant(start, form);
  const endedAt = readInstant(end, form);
  if (!startedAt || !endedAt) return null;
  return {
    startedAt: startedAt.at,
    endedAt: endedAt.at,
    ambiguous: startedAt.ambiguous || endedAt.ambiguous,
  };
}

/** Seconds of `12.5` in units of `unitSeconds`, or of `01:02:03.5`; null for what is no duration. */
export function readDuration(text: string, unitSeconds: number): number | null {
  const trimmed = text.trim();
  const parts = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)$/.exec(trimmed);
  if (parts) {
    const [, hours = "0", minutes, seconds] = parts;
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds!.replace(",", "."));
  }
  if (!/^\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i.test(trimmed)) return null;
  return Number(trimmed.replace(",", ".")) * unitSeconds;
}
