/** Quantities as people read them, in the language of the output. */
import { formatDuration } from "@culprit/messages/duration";
import { getLocale } from "@culprit/messages/runtime";
import { parseInstant, type Micros } from "@culprit/protocol";

const missing = "–";

function number(value: number, digits: number): string {
  return value.toLocaleString(getLocale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function count(value: number): string {
  return number(value, 0);
}

export function duration(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? missing : formatDuration(seconds, getLocale());
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 1023.5 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${number(rest, unit === 0 || Math.abs(rest) >= 99.95 ? 0 : 1)} ${units[unit]!}`;
}

export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  return value.toLocaleString(getLocale(), {
    style: "percent",
    maximumFractionDigits: value < 0.0995 ? 1 : 0,
  });
}

/** A value of a series by its OpenTelemetry unit. */
export function measured(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return missing;
  if (unit === "By") return bytes(value);
  if (unit === "By/s") return `${bytes(value)}/s`;
  if (unit === "s") return duration(value);
  if (unit === "1" && value >= 0 && value <= 1) return share(value);
  const text = value.toLocaleString(getLocale(), { maximumSignificantDigits: 4 });
  return unit === "1" || unit.startsWith("{") ? text : `${text} ${unit}`;
}

/** `2026-11-23 03:00:12` in the time zone; sorts as text and is unambiguous in every language. */
export function localTime(instant: string | Micros | undefined, timeZone: string): string {
  const micros = typeof instant === "string" ? parseInstant(instant) : instant;
  if (micros === undefined || micros === null) return missing;
  return new Date(micros / 1000).toLocaleString("sv-SE", { timeZone });
}
