import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  check,
  checkIncident,
  checkResult,
  checkResults,
  list,
  type CheckChange,
  type CheckInput,
} from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { z } from "zod";
import { hub, live } from "./client.ts";
import { day, resolveWindow, windowQuery, type Window } from "./window.ts";

const key = ["checks"] as const;
const resultsShown = 500;

export function useChecks() {
  return useQuery({
    queryKey: [...key, getLocale()],
    queryFn: async ({ signal }) => (await hub.get("/checks", list(check), {}, signal)).items,
    ...live,
  });
}

/** Of the last day, newest first. */
export function useCheckResults(id: string) {
  return useQuery({
    queryKey: [...key, getLocale(), id, "results"],
    queryFn: async ({ signal }) => {
      const span = windowQuery(resolveWindow({ lastSeconds: day }, Date.now()));
      return (
        await hub.get("/checks/results", checkResults, { check: id, size: resultsShown, ...span }, signal)
      ).items;
    },
    ...live,
  });
}

const mostIncidents = 500;

/** When checks were not well, newest first: of all, of one, or of those by one machine's agent. */
export function useCheckIncidents(window: Window, of: { check?: string; machine?: string } = {}) {
  return useQuery({
    queryKey: [...key, getLocale(), "incidents", window, of],
    queryFn: async ({ signal }) => {
      const query = { ...of, ...windowQuery(resolveWindow(window, Date.now())), limit: mostIncidents };
      return (await hub.get("/checks/incidents", list(checkIncident), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    ...live,
  });
}

export function useCreateCheck() {
  return useThenRead((wish: CheckInput) => hub.post("/checks", check, wish));
}

/** CPU, memory, disk and one service of a machine. */
export function useAddBasicChecks() {
  return useThenRead((wish: { machine: string; service: string }) =>
    hub.post("/checks/basic", list(check), wish),
  );
}

export type CheckAction = "start" | "stop" | "run";

export function useCheckAction() {
  return useThenRead(({ id, action }: { id: string; action: CheckAction }) =>
    hub.post(`/checks/${encodeURIComponent(id)}/${action}`, z.union([check, checkResult]), {}),
  );
}

export function useChangeCheck() {
  return useThenRead(({ id, change }: { id: string; change: CheckChange }) =>
    hub.request("PATCH", `/checks/${encodeURIComponent(id)}`, check, { json: change }),
  );
}

export function useRemoveCheck() {
  return useThenRead((id: string) => hub.request("DELETE", `/checks/${encodeURIComponent(id)}`, z.unknown()));
}

/** A change, after which the list is read again. */
function useThenRead<Wish, Answer>(change: (wish: Wish) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
