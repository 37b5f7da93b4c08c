import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { deviatingExecution, list } from "@culprit/protocol";
import { hub } from "./client.ts";
import type { ExecutionFilter } from "./executions.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

/** `verdicts`: slow runs of the newest two days also tell who is blamed. */
export function useDeviations(
  window: Window,
  filter: Omit<ExecutionFilter, "outcome"> = {},
  { verdicts = false } = {},
) {
  return useQuery({
    queryKey: ["deviations", window, filter, verdicts],
    queryFn: async ({ signal }) => {
      const query = {
        ...windowQuery(resolveWindow(window, Date.now())),
        ...filter,
        limit: 1000,
        verdicts: verdicts || undefined,
      };
      return (await hub.get("/deviations", list(deviatingExecution), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    // Verdicts cost the hub more than the list does.
    refetchInterval: verdicts ? 60_000 : 15_000,
  });
}
