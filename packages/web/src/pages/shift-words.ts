import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";

/** `1 h 30 min later`. */
export function shiftWords(shiftSeconds: number, locale: string): string {
  const shift = formatDuration(Math.abs(shiftSeconds), locale);
  return shiftSeconds < 0 ? m.advice_earlier({ shift }) : m.advice_later({ shift });
}

const mostTimes = 6;

/** Times of day as the hub tells them, not more than a line holds. */
export function timesOfDay(times: readonly string[]): string {
  return times.length > mostTimes ? `${times.slice(0, mostTimes).join(", ")}, …` : times.join(", ");
}
