/** What processes did in a span and in those before, as rows for the comparison. */
import type { Differences } from "@culprit/protocol";
import type { Place } from "../run-model.ts";
import type { SpanSummary } from "./span-summary.ts";

export type What = Differences["processes"][number]["what"];

export type ProcessRows = {
  rows: { place: Place; what: What }[];
  /** Row by row, a column for each span; NaN without a value. */
  values: Float64Array;
};

const whats = ["busy", "duration", "runs", "failures"] as const satisfies readonly What[];

/** What is a number of events; the others are measured. */
export const isCount = (what: What): boolean => what === "runs" || what === "failures";

/** `spans`: what was found in each. A process that was not there did nothing; of a machine without any run nothing is known. */
export function processRows(spans: readonly (readonly SpanSummary[])[]): ProcessRows {
  const places = new Map<string, { place: Place; found: (SpanSummary | undefined)[] }>();
  const seen = spans.map((summaries) => new Set(summaries.map(({ machineId }) => machineId)));
  for (const [span, summaries] of spans.entries())
    for (const summary of summaries) {
      const { machineId, processId } = summary;
      const key = `${machineId}/${processId}`;
      const known = places.get(key) ?? { place: { machineId, processId }, found: [] };
      known.found[span] = summary;
      places.set(key, known);
    }
  const rows = [...places.values()].flatMap(({ place }) => whats.map((what) => ({ place, what })));
  const values = [...places.values()].flatMap(({ place, found }) =>
    whats.flatMap((what) =>
      spans.map((_, span) => {
        if (!seen[span]!.has(place.machineId)) return NaN;
        return valueOf(found[span], what);
      }),
    ),
  );
  return { rows, values: Float64Array.from(values) };
}

function valueOf(summary: SpanSummary | undefined, what: What): number {
  switch (what) {
    case "busy":
      return summary?.busySeconds ?? 0;
    case "duration":
      return summary?.duration ?? NaN;
    case "runs":
      return summary?.runs ?? 0;
    case "failures":
      return summary?.failures ?? 0;
    default:
      return what satisfies never;
  }
}
