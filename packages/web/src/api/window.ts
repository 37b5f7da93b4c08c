/** The span of time a page is about: fixed, or the last so many seconds, which moves on with each refresh. */
import { formatInstant } from "@culprit/protocol";
import { millis } from "./millis.ts";

/** Milliseconds since 1970. */
export type Span = { from: number; to: number };
export type Window = Span | { lastSeconds: number };

export const day = 86_400;

/** Where a window lies now. */
export function resolveWindow(window: Window, now: number): Span {
  return "lastSeconds" in window ? { from: now - window.lastSeconds * 1000, to: now } : window;
}

export function windowQuery({ from, to }: Span): { from: string; to: string } {
  return { from: formatInstant(Math.floor(from) * 1000), to: formatInstant(Math.ceil(to) * 1000) };
}

/** Of two instants of an address; undefined unless both are there, in this order. */
export function spanOf(from: string | undefined, to: string | undefined): Span | undefined {
  const [start, end] = [millis(from ?? ""), millis(to ?? "")];
  return end > start ? { from: start, to: end } : undefined;
}
