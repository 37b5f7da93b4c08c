import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  expectation,
  expectedStarts,
  list,
  supervisionEvent,
  type ExpectationInput,
} from "@culprit/protocol";
import { z } from "zod";
import { hub, live } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

const key = ["supervision"] as const;
const mostEvents = 200;

/** Of one process, or of all. */
export function useExpectations(process?: string) {
  return useQuery({
    queryKey: [...key, "expectations", process],
    queryFn: async ({ signal }) =>
      (await hub.get("/expectations", list(expectation), { process }, signal)).items,
    ...live,
  });
}

/** The newest events that touch the window. */
export function useEvents(window: Window, process?: string) {
  return useQuery({
    queryKey: [...key, "events", window, process],
    queryFn: async ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), process, limit: mostEvents };
      return (await hub.get("/events", list(supervisionEvent), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    ...live,
  });
}

export function useExpectedStarts(
  process: string,
  window: Window,
  { machine, enabled = true }: { machine?: string; enabled?: boolean } = {},
) {
  return useQuery({
    queryKey: [...key, "starts", process, machine, window],
    enabled,
    queryFn: ({ signal }) => {
      const query = { ...windowQuery(resolveWindow(window, Date.now())), process, machine };
      return hub.get("/expectations/instants", expectedStarts, query, signal);
    },
    placeholderData: keepPreviousData,
    ...live,
  });
}

export function useSetExpectation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: ExpectationInput) => hub.request("PUT", "/expectations", expectation, { json }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  });
}

export function useRemoveExpectation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => hub.request("DELETE", `/expectations/${encodeURIComponent(id)}`, z.unknown()),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
