import { useQuery } from "@tanstack/react-query";
import { list, machine } from "@culprit/protocol";
import { hub, live } from "./client.ts";

export function useMachines() {
  return useQuery({
    queryKey: ["machines"],
    queryFn: async ({ signal }) => (await hub.get("/machines", list(machine), {}, signal)).items,
    ...live,
  });
}

/** One machine by id or name. */
export function useMachine(id: string) {
  return useQuery({
    queryKey: ["machines", id],
    queryFn: ({ signal }) => hub.get(`/machines/${encodeURIComponent(id)}`, machine, {}, signal),
    ...live,
  });
}
