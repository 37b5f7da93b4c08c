/** Figures of all web requests of a process, from the histograms that agents send beside the requests they record. */
import {
  requestDurationBounds,
  requestDurationMetric,
  type RequestStatistics,
  type SeriesDescription,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { fold } from "../executions/catalogue.ts";
import type { ExecutionFilter } from "../store/store.ts";

type Counts = { count: number; failures: number; histogram: Map<number, number> };

/**
 * Of the machines that count the requests of a process; null unless one of them counted more than are recorded of it.
 * `recorded`: web requests of the process in the window by machine.
 */
export async function sampledRequests(
  hub: Hub,
  process: string,
  recorded: ReadonlyMap<number, number>,
  { machineIds, kinds, from, to }: ExecutionFilter,
): Promise<RequestStatistics | null> {
  if (kinds && !kinds.includes("web")) return null;
  const machines = machineIds ?? hub.fleet.all().map(({ machineId }) => machineId);
  const own = (await hub.store.samples.described(machines, [requestDurationMetric])).filter(
    ({ description }) => fold(description.attributes["culprit.process"] ?? "") === fold(process),
  );
  if (own.length === 0) return null;
  const totals = await hub.store.samples.totals(
    own.map(({ seriesId }) => seriesId),
    from,
    to,
  );
  const counting = new Set<number>();
  const perMachine = new Map<number, number>();
  const all: Counts = { count: 0, failures: 0, histogram: new Map() };
  for (const { seriesId, machineId, description } of own) {
    const total = Math.max(0, totals.get(seriesId) ?? 0);
    if (total > 0) counting.add(machineId);
    perMachine.set(machineId, (perMachine.get(machineId) ?? 0) + total);
    add(all, description.attributes, total);
  }
  const recordedOf = (machineId: number) => recorded.get(machineId) ?? 0;
  if (![...perMachine].some(([machineId, count]) => count > recordedOf(machineId))) return null;
  return {
    count: wholeOf(all.count),
    recorded: [...counting].reduce((sum, machineId) => sum + recordedOf(machineId), 0),
    machines: [...counting]
      .map((machineId) => hub.fleet.name(machineId))
      .toSorted((a, b) => a.localeCompare(b)),
    failures: wholeOf(all.failures),
    meanSeconds: mean(all.histogram),
    medianSeconds: quantile(all.histogram, 0.5),
    p95Seconds: quantile(all.histogram, 0.95),
  };
}

function add(counts: Counts, attributes: SeriesDescription["attributes"], total: number): void {
  const { "bucket.upper": upper, "http.response.status_class": statusClass } = attributes;
  counts.count += total;
  if (statusClass === "5xx" || statusClass === "failed") counts.failures += total;
  const bound = upper === "inf" ? Infinity : Number(upper);
  // Of requests whose time is not known, and of what is no bucket.
  if (!(bound > 0) || (bound === Infinity && upper !== "inf")) return;
  counts.histogram.set(bound, (counts.histogram.get(bound) ?? 0) + total);
}

/** As large as can be told exactly. */
const wholeOf = (count: number): number => Math.min(Number.MAX_SAFE_INTEGER, Math.round(count));

/** By the middles of the buckets. Null of an empty histogram, and where some lie above the last bound. */
export function mean(histogram: ReadonlyMap<number, number>): number | null {
  const buckets = [...histogram].filter(([, count]) => count > 0);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0 || buckets.some(([upper]) => upper === Infinity)) return null;
  return buckets.reduce((sum, [upper, count]) => sum + ((lowerOf(upper) + upper) / 2) * count, 0) / total;
}

/** Evenly between the bounds of its bucket; above the last bound that bound. Null of an empty histogram. */
export function quantile(histogram: ReadonlyMap<number, number>, share: number): number | null {
  const buckets = [...histogram].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [upper, count] of buckets) {
    if (below + count >= share * total) {
      const lower = lowerOf(upper);
      return upper === Infinity ? lower : lower + ((share * total - below) / count) * (upper - lower);
    }
    below += count;
  }
  return null;
}

function lowerOf(upper: number): number {
  return requestDurationBounds.findLast((bound) => bound < upper) ?? 0;
}
