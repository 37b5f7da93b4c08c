import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { execution, list, type Execution } from "@culprit/protocol";
import { hub, live } from "./client.ts";
import { resolveWindow, windowQuery, type Span, type Window } from "./window.ts";

export type ExecutionFilter = {
  process?: string;
  machine?: string;
  outcome?: string;
};

export type Executions = {
  span: Span;
  /** Newest first. */
  items: Execution[];
  /** False if the window holds more than were asked for; the oldest are then missing. */
  complete: boolean;
};

const page = 1000;

/** The executions that touch a window, newest first, `most` at the most. */
export function useExecutions(window: Window, filter: ExecutionFilter = {}, most = 5 * page) {
  return useQuery({
    queryKey: ["executions", window, filter, most],
    queryFn: ({ signal }) => readExecutions(resolveWindow(window, Date.now()), filter, most, signal),
    placeholderData: keepPreviousData,
    ...live,
  });
}

async function readExecutions(
  span: Span,
  filter: ExecutionFilter,
  most: number,
  signal: AbortSignal,
): Promise<Executions> {
  const items: Execution[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(page, most - items.length);
    const query = { ...windowQuery(span), ...filter, limit, cursor };
    const answer = await hub.get("/executions", list(execution), query, signal);
    items.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor !== undefined && items.length < most);
  return { span, items, complete: cursor === undefined };
}
