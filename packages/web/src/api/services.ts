import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allowed, serviceOutcome, serviceSeconds, type ServiceVerb } from "@culprit/protocol";
import { hub } from "./client.ts";

const key = (machine: string) => ["services", machine] as const;

/** What a connected machine's own file allows, with the states of its services: asked of the machine. */
export function useServices(machine: string, connected: boolean) {
  return useQuery({
    queryKey: key(machine),
    queryFn: ({ signal }) =>
      hub.get(`/machines/${encodeURIComponent(machine)}/services`, allowed, {}, signal),
    enabled: connected,
    refetchInterval: 30_000,
  });
}

export function useControlService(machine: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ unit, verb }: { unit: string; verb: ServiceVerb }) =>
      hub.post(
        `/machines/${encodeURIComponent(machine)}/services/${encodeURIComponent(unit)}/${verb}`,
        serviceOutcome,
        {},
        serviceSeconds.caller,
      ),
    onSettled: () => client.invalidateQueries({ queryKey: key(machine) }),
  });
}
