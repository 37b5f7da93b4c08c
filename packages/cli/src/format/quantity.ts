/** Quantities as people read them, in the language of the output. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import { formatBounds } from "@culprit/messages/interval";
import { formatBytes, formatMeasured, formatShare } from "@culprit/messages/quantity";
import { getLocale } from "@culprit/messages/runtime";
import { parseInstant, type Micros } from "@culprit/protocol";

const missing = "–";

export function count(value: number): string {
  return value.toLocaleString(getLocale(), { maximumFractionDigits: 0 });
}

export function duration(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? missing : formatDuration(seconds, getLocale());
}

/** An interval of durations, its bounds rounded to what they are worth. */
export function interval({ low, high }: { low: number; high: number }): string {
  const bounds = formatBounds(low, high, getLocale());
  return bounds ? m.tell_interval(bounds) : duration(low);
}

/** `+1 h 15 min`, `−30 min`. */
export function shift(seconds: number): string {
  return seconds > 0 ? `+${duration(seconds)}` : duration(seconds);
}

/** A ratio or a count that may have parts. */
export function figure(value: number): string {
  return value.toLocaleString(getLocale(), { maximumSignificantDigits: Math.abs(value) < 100 ? 3 : 6 });
}

export function bytes(value: number | null | undefined): string {
  return formatBytes(value ?? null, getLocale());
}

export function share(value: number | null | undefined): string {
  return formatShare(value ?? null, getLocale());
}

/** A value of a series by its OpenTelemetry unit. */
export function measured(value: number | null | undefined, unit: string): string {
  return formatMeasured(value ?? null, unit, getLocale());
}

/** `2026-11-23 03:00:12` in the time zone; sorts as text and is unambiguous in every language. */
export function localTime(instant: string | Micros | undefined, timeZone: string): string {
  const micros = typeof instant === "string" ? parseInstant(instant) : instant;
  if (micros === undefined || micros === null) return missing;
  return new Date(micros / 1000).toLocaleString("sv-SE", { timeZone });
}
