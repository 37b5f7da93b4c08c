import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { formatBounds } from "@culprit/messages/interval";

type Range = { seconds: number; low: number; high: number };

/** Seconds and, in brackets, the bounds, as round as they are worth; no bounds where they tell nothing. */
export function rangeWords(
  { seconds, low, high }: Range,
  locale: string,
): { amount: string; bounds: string } {
  const bounds = low < high ? formatBounds(low, high, locale) : null;
  return { amount: formatDuration(seconds, locale), bounds: bounds ? `(${m.tell_interval(bounds)})` : "" };
}

export function rangeText(range: Range, locale: string): string {
  const { amount, bounds } = rangeWords(range, locale);
  return bounds === "" ? amount : `${amount} ${bounds}`;
}
