/** Quantities as people read them; null is an en dash. */
import { formatDuration } from "./duration.ts";

const missing = "–";

export function formatBytes(value: number | null, locale: string): string {
  if (value === null) return missing;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 1023.5 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  const digits = unit === 0 || Math.abs(rest) >= 99.95 ? 0 : 1;
  const number = rest.toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number} ${units[unit]!}`;
}

/** 0..1 as percent. */
export function formatShare(value: number | null, locale: string): string {
  if (value === null) return missing;
  return value.toLocaleString(locale, {
    style: "percent",
    maximumFractionDigits: value < 0.0995 ? 1 : 0,
  });
}

/** 0..1 as percent, rounded down: what is not quite all never reads as 100%. */
export function formatAvailability(value: number | null, locale: string, digits = 3): string {
  if (value === null) return missing;
  const steps = 10 ** (digits + 2);
  const percent = Math.floor(value * steps) / steps;
  return percent.toLocaleString(locale, { style: "percent", maximumFractionDigits: digits });
}

/** A value of a series by its OpenTelemetry unit. */
export function formatMeasured(value: number | null, unit: string, locale: string): string {
  if (value === null) return missing;
  if (unit === "By") return formatBytes(value, locale);
  if (unit === "By/s") return `${formatBytes(value, locale)}/s`;
  if (unit === "s") return formatDuration(value, locale);
  if (unit === "1" && value >= 0 && value <= 1) return formatShare(value, locale);
  const text = value.toLocaleString(locale, { maximumSignificantDigits: 4 });
  if (unit === "Cel") return `${text} °C`;
  if (unit === "Hz" && value >= 1e9)
    return `${(value / 1e9).toLocaleString(locale, { maximumSignificantDigits: 3 })} GHz`;
  return unit === "1" || unit.startsWith("{") ? text : `${text} ${unit}`;
}
