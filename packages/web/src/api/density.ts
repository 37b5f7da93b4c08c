import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { executionDensity } from "@culprit/protocol";
import { hub, live } from "./client.ts";
import type { ExecutionFilter } from "./executions.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

/** How many runs a window holds, by lane and part: cheap, however many there are. */
export function useDensity(window: Window, filter: ExecutionFilter) {
  return useQuery({
    queryKey: ["density", window, filter],
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), ...filter };
      return hub.get("/executions/density", executionDensity, query, signal);
    },
    placeholderData: keepPreviousData,
    ...live,
  });
}
