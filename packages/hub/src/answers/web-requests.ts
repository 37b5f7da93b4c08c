/** Figures of all web requests of a process, from the histograms that agents send beside the requests they record. */
import {
  requestDurationBounds,
  requestDurationMetric,
  type RequestStatistics,
  type Statistics,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { fold } from "../executions/catalogue.ts";
import type { ExecutionFilter } from "../store/store.ts";

/** Null unless there were more requests than runs are recorded. */
export async function sampledRequests(
  hub: Hub,
  process: string,
  recorded: Pick<Statistics, "count" | "running">,
  { machineIds, kinds, from, to }: ExecutionFilter,
): Promise<RequestStatistics | null> {
  if (kinds && !kinds.includes("web")) return null;
  const machines = machineIds ?? hub.fleet.all().map(({ machineId }) => machineId);
  const own = (await hub.store.samples.described(machines, [requestDurationMetric])).filter(
    ({ description }) => fold(description.attributes["culprit.process"] ?? "") === fold(process),
  );
  if (own.length === 0) return null;
  const ids = own.map(({ seriesId }) => seriesId);
  const totals = await hub.store.samples.totals(ids, from, to);
  const histogram = new Map<number, number>();
  let count = 0;
  let failures = 0;
  for (const { seriesId, description } of own) {
    const { "bucket.upper": upper, "http.response.status_class": statusClass } = description.attributes;
    const total = totals.get(seriesId) ?? 0;
    count += total;
    if (statusClass === "5xx" || statusClass === "failed") failures += total;
    if (upper === undefined || upper === "unknown") continue;
    const bound = upper === "inf" ? Infinity : Number(upper);
    histogram.set(bound, (histogram.get(bound) ?? 0) + total);
  }
  if (count <= recorded.count + recorded.running) return null;
  return {
    count: Math.round(count),
    failures: Math.round(failures),
    medianSeconds: quantile(histogram, 0.5),
    p95Seconds: quantile(histogram, 0.95),
  };
}

/** Evenly between the bounds of its bucket; above the last bound that bound. Null of an empty histogram. */
export function quantile(histogram: ReadonlyMap<number, number>, share: number): number | null {
  const buckets = [...histogram].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [upper, count] of buckets) {
    if (below + count >= share * total) {
      const lower = requestDurationBounds.findLast((bound) => bound < upper) ?? 0;
      return upper === Infinity ? lower : lower + ((share * total - below) / count) * (upper - lower);
    }
    below += count;
  }
  return null;
}
