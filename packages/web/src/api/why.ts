import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { why } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";

/** `machine` tells runs apart that carry the same id on several. */
function whyQuery(id: string, machine?: string) {
  return queryOptions({
    queryKey: ["why", id, machine, getLocale()],
    queryFn: ({ signal }) => hub.get(`/executions/${encodeURIComponent(id)}/why`, why, { machine }, signal),
  });
}

/** The explanation of one run. */
export function useWhy(id: string, machine?: string) {
  return useQuery({
    ...whyQuery(id, machine),
    placeholderData: keepPreviousData,
    // A run that has ended does not change; one that runs does.
    refetchInterval: ({ state }) => (state.data?.execution.outcome === "running" ? 5_000 : 60_000),
  });
}

/** Explanations of some runs that have ended, in their order; asked once, kept for minutes. */
export function useWhys(runs: readonly { id: string; machineId: string }[], enabled: boolean) {
  return useQueries({
    queries: runs.map(({ id, machineId }) => ({
      ...whyQuery(id, machineId),
      enabled,
      staleTime: 10 * 60_000,
    })),
  });
}
