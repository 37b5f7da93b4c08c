/** Short forms for readings, which collectors make by the dozen. */
import type { Reading } from "./collector.ts";

type Attributes = Record<string, string>;

/** A value as it is now. */
export function gauge(metric: string, unit: string, value: number, attributes: Attributes = {}): Reading {
  return { metric, attributes, unit, type: "gauge", value };
}

/** What was added to a counter in so much time. */
export function increment(
  metric: string,
  unit: string,
  value: number,
  intervalSeconds: number,
  attributes: Attributes = {},
): Reading {
  return { metric, attributes, unit, type: "counter", value, intervalSeconds };
}

/** A running total, of which the loop makes increments. */
export function counter(metric: string, unit: string, value: number, attributes: Attributes = {}): Reading {
  return { metric, attributes, unit, type: "counter", value };
}
