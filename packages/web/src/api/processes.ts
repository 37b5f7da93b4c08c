import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { list, processDetail, processSummary } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

// Statistics of a month change slowly, and cost the hub more than a list does.
const slowly = { refetchInterval: 30_000 } as const;

export function useProcesses(window: Window) {
  return useQuery({
    queryKey: ["processes", window],
    queryFn: async ({ signal }) => {
      const query = windowQuery(resolveWindow(window, Date.now()));
      return (await hub.get("/processes", list(processSummary), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    ...slowly,
  });
}

/** One process by id or name. */
export function useProcess(
  id: string,
  window: Window,
  { machine, zone }: { machine?: string | undefined; zone: string },
) {
  return useQuery({
    queryKey: ["processes", id, window, machine, zone, getLocale()],
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), machine, zone };
      return hub.get(`/processes/${encodeURIComponent(id)}`, processDetail, query, signal);
    },
    placeholderData: keepPreviousData,
    ...slowly,
  });
}
