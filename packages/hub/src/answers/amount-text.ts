/** Seconds with their interval, places and lists of names, as the answers' sentences need them. Pure. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import { formatBounds, type DurationBounds } from "@culprit/messages/interval";
import { parseInstant } from "@culprit/protocol";
import type { Locale } from "./why-text.ts";

export type Amount = { seconds: number; low: number; high: number };
export type Place = { process: string; machine: string };

/** More names than these are only counted. */
const mostNames = 2;

/** `7 min 10 s (5 min 40 s to 8 min 30 s)`; without the interval where it tells nothing. */
export function amountText({ seconds, low, high }: Amount, locale: Locale): string {
  const amount = formatDuration(seconds, locale);
  const bounds = formatBounds(low, high, locale);
  if (!bounds) return amount;
  return `${amount} (${m.tell_interval(bounds, { locale })})`;
}

/** Both bounds, also where they read the same. */
export function boundsOf({ low, high }: Amount, locale: Locale): DurationBounds {
  return (
    formatBounds(low, high, locale) ?? {
      low: formatDuration(low, locale),
      high: formatDuration(high, locale),
    }
  );
}

/** As it reads where less is more: a loss of 3 s is a saving of -3 s. */
export const negated = ({ seconds, low, high }: Amount): Amount => ({
  seconds: -seconds,
  low: -high,
  high: -low,
});

/** ``" `backup` on `db-1` "``. */
export function placeText({ process, machine }: Place, locale: Locale): string {
  return m.tell_at_place({ process, machine }, { locale });
}

/** The first two, and how many others; the machine is said once where all are on the same. */
export function placesText(
  places: readonly Place[],
  locale: Locale,
  type: Intl.ListFormatType = "conjunction",
): string {
  const machine = places[0]?.machine ?? "";
  if (places.length > 1 && places.every((place) => place.machine === machine)) {
    const quoted = places.map(({ process }) => `\`${process}\``);
    return m.tell_at_one_place({ processes: namesText(quoted, locale, type), machine }, { locale });
  }
  const names = places.map((place) => placeText(place, locale));
  return namesText(names, locale, type);
}

export function namesText(names: readonly string[], locale: Locale, type: Intl.ListFormatType): string {
  const shown = names.length > mostNames + 1 ? names.slice(0, mostNames) : names;
  const rest = names.length - shown.length;
  const others = rest === 0 ? [] : [m.tell_others({ count: rest }, { locale })];
  return new Intl.ListFormat(locale, { type }).format([...shown, ...others]);
}

/** Counts in full, ratios to three digits. */
export function figure(value: number, locale: Locale): string {
  const digits = Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(locale, digits).format(value);
}

/** Whole percents, and never all or none where that is not so. */
export function shareText(share: number, locale: Locale): string {
  const percent = share > 0 && share < 1 ? Math.min(99, Math.max(1, Math.round(share * 100))) : share * 100;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(percent / 100);
}

/** `3 May`, in the reader's zone. */
export function dayText(instant: string, locale: Locale, zone: string): string {
  const format = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    day: "numeric",
    month: "long",
    timeZone: zone,
  });
  return format.format((parseInstant(instant) ?? 0) / 1000);
}

export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
