import type { SeriesDescription } from "@culprit/protocol";

/** As the store has them: JSON with sorted keys, so that the same attributes are the same text. */
export function canonicalAttributes(attributes: SeriesDescription["attributes"]): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
}
