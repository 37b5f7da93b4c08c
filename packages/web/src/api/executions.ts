/**
 * The executions of a window, kept up to date without reading all of them again: a refresh asks only for what touches
 * the time since shortly before the last one. What arrives late, from an agent that was away, comes with the full
 * reading every few minutes.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { execution, list, type Execution } from "@culprit/protocol";
import { hub, live } from "./client.ts";
import { merged, newerThan, type Executions } from "./executions-kept.ts";
import { resolveWindow, windowQuery, type Span, type Window } from "./window.ts";

export type ExecutionFilter = {
  process?: string;
  machine?: string;
  kind?: string;
  outcome?: string;
};

const page = 1000;
const fullReadingMillis = 5 * 60_000;

/** The executions that touch a window, newest first, `most` at the most. */
export function useExecutions(
  window: Window,
  filter: ExecutionFilter = {},
  most = 5 * page,
  { enabled = true } = {},
) {
  const queryKey = ["executions", window, filter, most] as const;
  return useQuery({
    queryKey,
    queryFn: async ({ signal, client }) => {
      const now = Date.now();
      const span = resolveWindow(window, now);
      const known = client.getQueryData<Executions>(queryKey);
      if (known && now - known.readAt < fullReadingMillis) {
        const since = { from: Math.max(span.from, newerThan(known)), to: span.to };
        const news = await read(since, filter, most, signal);
        if (news.complete) return merged(known, news.items, span, now, most);
      }
      return { span, readAt: now, askedAt: now, ...(await read(span, filter, most, signal)) };
    },
    enabled,
    placeholderData: keepPreviousData,
    ...live,
  });
}

async function read(
  span: Span,
  filter: ExecutionFilter,
  most: number,
  signal: AbortSignal,
): Promise<Pick<Executions, "items" | "complete">> {
  const items: Execution[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(page, most - items.length);
    const query = { ...windowQuery(span), ...filter, limit, cursor };
    const answer = await hub.get("/executions", list(execution), query, signal);
    items.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor !== undefined && items.length < most);
  return { items, complete: cursor === undefined };
}
