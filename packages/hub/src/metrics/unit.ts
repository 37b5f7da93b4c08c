import type { SeriesDescription } from "@culprit/protocol";

/** The unit in which a series is served: counters are rates, and seconds per second are a plain number. */
export function servedUnit({ unit, type }: Pick<SeriesDescription, "unit" | "type">): string {
  if (type === "gauge") return unit;
  return unit === "s" ? "1" : `${unit}/s`;
}
