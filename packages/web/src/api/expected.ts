import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { expectedStarts } from "@culprit/protocol";
import { hub } from "./client.ts";
import type { ExecutionFilter } from "./executions.ts";
import { day, windowQuery, type Span } from "./window.ts";

/** What the hub answers for; in a longer window single starts could not be told apart. */
const longest = 92 * day * 1000;

/** The starts that schedules name in a window, with what became of each; none for a very long one. */
export function useExpected(window: Span, { machine, process }: ExecutionFilter) {
  return useQuery({
    queryKey: ["expected", window, machine, process],
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(window), machine, process };
      return hub.get("/expectations/instants", expectedStarts, query, signal);
    },
    enabled: window.to - window.from <= longest,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}
