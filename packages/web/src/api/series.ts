import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { seriesAnswer } from "@culprit/protocol";
import { hub, live } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

export type SeriesQuestion = {
  machines: readonly string[];
  metrics: readonly string[];
  window: Window;
  stepSeconds: number;
  /** Of the past: asked once. */
  still?: boolean;
};

/** Measured values in steps, with the span they were asked for. */
export function useSeries({ machines, metrics, window, stepSeconds, still = false }: SeriesQuestion) {
  return useQuery({
    queryKey: ["series", machines, metrics, window, stepSeconds],
    queryFn: async ({ signal }) => {
      const span = resolveWindow(window, Date.now());
      const query = { machine: machines, metric: metrics, stepSeconds, ...windowQuery(span) };
      return { span, ...(await hub.get("/metrics/series", seriesAnswer, query, signal)) };
    },
    enabled: machines.length > 0,
    placeholderData: keepPreviousData,
    ...(still ? { staleTime: 10 * 60_000 } : live),
  });
}
