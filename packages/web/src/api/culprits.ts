import { hashKey, useQuery } from "@tanstack/react-query";
import { culprits } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { analysedEvery } from "./analysed.ts";
import { hub } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

/** `process`: only what it does to others; `victim`: only what is done to it. Names or ids. */
export type CulpritFilter = { process?: string; victim?: string; machine?: string };

/** Who makes others slow in a window; without one in that of the hub's latest analysis, which is the quickest answer. */
export function useCulprits(window: Window | undefined, filter: CulpritFilter = {}) {
  return useQuery({
    queryKey: ["culprits", window, filter, getLocale()],
    queryFn: ({ signal }) => {
      const span = window && windowQuery(resolveWindow(window, Date.now()));
      const query = { ...span, ...filter };
      return hub.get("/culprits", culprits, query, signal);
    },
    // What was found about another process says nothing about this one, not even for a moment.
    placeholderData: (before, query) =>
      query && hashKey([query.queryKey[2]]) === hashKey([filter]) ? before : undefined,
    refetchInterval: ({ state }) => analysedEvery(state.data),
  });
}
