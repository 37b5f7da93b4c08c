/** Executions that were read before, and what a refresh adds to them. Milliseconds since 1970. */
import type { Execution } from "@culprit/protocol";
import { millis } from "./millis.ts";
import type { Span } from "./window.ts";

export type Executions = {
  span: Span;
  /** Newest first. */
  items: Execution[];
  /** False if the window holds more than were asked for; the oldest are then missing. */
  complete: boolean;
  /** When all of it was read, and when its news were asked for last. */
  readAt: number;
  askedAt: number;
};

/** Agents send their runs this much later at the most, unless they were cut off. */
const lateness = 120_000;

/** From when on something may have changed: by the newest known start too, in case this browser's clock is ahead. */
export function newerThan({ items, askedAt }: Executions): number {
  const newest = items[0] === undefined ? askedAt : millis(items[0].startedAt);
  return Math.min(askedAt, newest) - lateness;
}

/** Known executions with the news over them, without those that the window has left behind. */
export function merged(
  known: Executions,
  news: readonly Execution[],
  span: Span,
  askedAt: number,
  most: number,
): Executions {
  const key = ({ machineId, id }: Execution) => `${machineId} ${id}`;
  const renewed = new Set(news.map(key));
  const kept = known.items.filter(
    (one) => !renewed.has(key(one)) && (one.endedAt === undefined || millis(one.endedAt) >= span.from),
  );
  const items = [...news, ...kept].sort((a, b) => millis(b.startedAt) - millis(a.startedAt));
  return {
    span,
    items: items.slice(0, most),
    complete: known.complete && items.length <= most,
    readAt: known.readAt,
    askedAt,
  };
}
