import { formatInstant, parseInstant } from "@culprit/protocol";

/** Milliseconds since 1970 of an instant of the API, with fractions; NaN if the text is none. */
export function millis(instant: string): number {
  return (parseInstant(instant) ?? Number.NaN) / 1000;
}

/** The other way, to the millisecond. */
export function instantText(millis: number): string {
  return formatInstant(Math.round(millis) * 1000);
}
