import { useQuery } from "@tanstack/react-query";
import { differences } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";
import { windowQuery, type Span } from "./window.ts";

/** What was different in a span against the same hours before it; of one machine or of all. */
export function useDifferences(span: Span | undefined, machine: string | undefined) {
  return useQuery({
    queryKey: ["differences", span, machine, getLocale()],
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(span ?? { from: 0, to: 0 }), machine };
      return hub.get("/differences", differences, query, signal);
    },
    enabled: span !== undefined,
    staleTime: 60_000,
  });
}
