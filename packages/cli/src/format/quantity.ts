/** Quantities as people read them, in the language of the output. */
import { formatDuration } from "@culprit/messages/duration";
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
