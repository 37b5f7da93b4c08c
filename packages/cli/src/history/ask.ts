/** The records of a machine, asked of the hub some hours at a time: an answer is bounded in points. */
import { formatInstant, parseInstant, seriesAnswer, type HubClient, type Micros } from "@culprit/protocol";
import { historyMetrics, recordsOf, type HistoryRecord } from "./record.ts";

const stepsAtOnce = 500;

export type HistoryQuestion = { machineId: string; from: Micros; to: Micros; stepSeconds: number };

/** Whole steps only: one that has not ended by `to` would be saved with half of what belongs to it. */
export async function* askRecords(
  hub: HubClient,
  { machineId, from, to, stepSeconds }: HistoryQuestion,
): AsyncGenerator<HistoryRecord[]> {
  const step = Math.round(stepSeconds * 1e6);
  const end = Math.floor(to / step) * step;
  for (let start = Math.ceil(from / step) * step; start < end; start += step * stepsAtOnce) {
    const until = Math.min(end, start + step * stepsAtOnce);
    const { series } = await hub.post("/metrics/series", seriesAnswer, {
      machine: [machineId],
      metric: historyMetrics,
      from: formatInstant(start),
      to: formatInstant(until),
      stepSeconds,
    });
    yield recordsOf(series, stepSeconds).filter(({ at }) => {
      const time = parseInstant(at) ?? 0;
      return time >= start && time < until;
    });
  }
}
