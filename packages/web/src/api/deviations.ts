import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { deviatingExecution, list } from "@culprit/protocol";
import { hub } from "./client.ts";
import type { ExecutionFilter } from "./executions.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

export function useDeviations(window: Window, filter: Omit<ExecutionFilter, "outcome"> = {}) {
  return useQuery({
    queryKey: ["deviations", window, filter],
    queryFn: async ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), ...filter, limit: 1000 };
      return (await hub.get("/deviations", list(deviatingExecution), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}
