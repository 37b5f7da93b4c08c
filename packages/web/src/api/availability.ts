import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  availability,
  fleetAvailability,
  formatInstant,
  maintenance,
  maintenances,
  type MaintenanceInput,
  type Micros,
} from "@culprit/protocol";
import { z } from "zod";
import { hub } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

const key = ["availability"] as const;
const minute = 60_000;

export type Watched = { noun: "machines" | "checks"; id: string };

/** By the days of a zone. */
export function useAvailability(
  { noun, id }: Watched,
  window: { from: Micros; to: Micros },
  timeZone: string,
) {
  return useQuery({
    queryKey: [...key, noun, id, window, timeZone],
    queryFn: ({ signal }) =>
      hub.get(
        `/${noun}/${encodeURIComponent(id)}/availability`,
        availability,
        { from: formatInstant(window.from), to: formatInstant(window.to), timeZone },
        signal,
      ),
    placeholderData: (before) => before,
    refetchInterval: minute,
  });
}

/** Of all machines. */
export function useFleetAvailability(window: Window) {
  return useQuery({
    queryKey: [...key, "fleet", window],
    queryFn: ({ signal }) => {
      const query = windowQuery(resolveWindow(window, Date.now()));
      return hub.get("/availability", fleetAvailability, query, signal);
    },
    placeholderData: (before) => before,
    refetchInterval: minute,
  });
}

export function useMaintenance() {
  return useQuery({
    queryKey: [...key, "maintenance"],
    queryFn: async ({ signal }) => (await hub.get("/maintenance", maintenances, {}, signal)).items,
    refetchInterval: minute,
  });
}

export function usePlanMaintenance() {
  return useThenRead((wish: MaintenanceInput) => hub.post("/maintenance", maintenance, wish));
}

export function useRemoveMaintenance() {
  return useThenRead((id: string) =>
    hub.request("DELETE", `/maintenance/${encodeURIComponent(id)}`, z.unknown()),
  );
}

/** A change, after which all figures are read again. */
function useThenRead<Wish, Answer>(change: (wish: Wish) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
