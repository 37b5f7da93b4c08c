/** Which points of a batch are scores of benchmarks, which are kept for longer than other samples. */
import { benchmarkScoreMetric } from "@culprit/protocol";
import type { IntakeBatch } from "../store/store.ts";
import type { Points } from "./points.ts";

/** A run of all benchmarks has one of each: who sends more does not measure. */
const mostInBatch = 100;

/** `series` is a description that was accepted. */
export function isScore(series: unknown): boolean {
  return (
    typeof series === "object" &&
    series !== null &&
    "metric" in series &&
    series.metric === benchmarkScoreMetric
  );
}

/** More is faster, and nothing is infinitely slow. */
export function scoresIn(points: Points, scoreIds: ReadonlySet<number>): IntakeBatch["scores"] & object {
  const rows = points.seriesId
    .flatMap((seriesId, row) => (scoreIds.has(seriesId) && points.value[row]! > 0 ? [row] : []))
    .slice(0, mostInBatch);
  return {
    seriesId: rows.map((row) => points.seriesId[row]!),
    at: rows.map((row) => points.at[row]!),
    value: rows.map((row) => points.value[row]!),
  };
}
