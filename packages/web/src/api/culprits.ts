import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { culprits } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

/** `process`: only what it does to others; `victim`: only what is done to it. Names or ids. */
export type CulpritFilter = { process?: string; victim?: string; machine?: string };

/** Who makes others slow, from the hub's latest analysis of the window. */
export function useCulprits(window: Window, filter: CulpritFilter = {}) {
  return useQuery({
    queryKey: ["culprits", window, filter, getLocale()],
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), ...filter };
      return hub.get("/culprits", culprits, query, signal);
    },
    placeholderData: keepPreviousData,
    // Analyses are made anew every few hours at most; the first one is waited for.
    refetchInterval: ({ state }) => (state.data?.fittedAt === null ? 10_000 : 60_000),
  });
}
