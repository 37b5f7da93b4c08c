/** Instants as web servers log them, in microseconds since 1970; null for anything else. */
import { parseInstant, type Micros } from "@culprit/protocol";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const clf =
  /^\[?(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))? ([+-])(\d{2})(\d{2})\]?$/;

/** `27/Nov/2026:03:31:35 +0000`, with or without brackets, and with a fraction where there is one. */
export function parseClfTime(text: string): Micros | null {
  const match = clf.exec(text);
  if (!match) return null;
  const [, day, monthName, year, hour, minute, second, fraction = "", sign, zoneHour, zoneMinute] = match;
  const month = months.indexOf(monthName!);
  if (month === -1) return null;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000 * (sign === "-" ? -1 : 1);
  return (local - zone) * 1000 + Number(fraction.padEnd(6, "0"));
}

/** Seconds since 1970 with a fraction, as $msec; milliseconds and microseconds are told by their size. */
export function parseEpoch(text: string): Micros | null {
  if (!/^\d{9,16}(?:\.\d{1,9})?$/.test(text)) return null;
  const value = Number(text);
  return Math.round(value < 1e11 ? value * 1e6 : value < 1e14 ? value * 1000 : value);
}

export function parseAnyTime(text: string): Micros | null {
  return parseClfTime(text) ?? parseEpoch(text) ?? parseInstant(text);
}

/** Lines of one second have the same time: the last is remembered. */
export function rememberingLast(parse: (text: string) => Micros | null): (text: string) => Micros | null {
  let lastText = "";
  let last: Micros | null = null;
  return (text) => {
    if (text !== lastText) [lastText, last] = [text, parse(text)];
    return last;
  };
}
