import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { list, machine, probeTrial, type MachineProbe } from "@culprit/protocol";
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

/** What is to be asked when nothing is heard of it; then asks it at once. */
export function useProbe(id: string) {
  const client = useQueryClient();
  const path = `/machines/${encodeURIComponent(id)}`;
  return useMutation({
    mutationFn: async (probe: MachineProbe) => {
      await hub.request("PATCH", path, machine, { json: { probe } });
      return hub.post(`${path}/probe`, probeTrial, probe);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["machines"] }),
  });
}
