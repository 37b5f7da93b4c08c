import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { why } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";

/** The explanation of one run; `machine` tells runs apart that carry the same id on several. */
export function useWhy(id: string, machine?: string) {
  return useQuery({
    queryKey: ["why", id, machine, getLocale()],
    queryFn: ({ signal }) => hub.get(`/executions/${encodeURIComponent(id)}/why`, why, { machine }, signal),
    placeholderData: keepPreviousData,
    // A run that has ended does not change; one that runs does.
    refetchInterval: ({ state }) => (state.data?.execution.outcome === "running" ? 5_000 : 60_000),
  });
}
