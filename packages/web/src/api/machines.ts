import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  list,
  machine,
  probeTrial,
  rotationSeconds,
  tokenRotated,
  type MachineChange,
  type MachineCondition,
  type MachineProbe,
} from "@culprit/protocol";
import { z } from "zod";
import { hub, live } from "./client.ts";

const key = ["machines"] as const;
const pathOf = (id: string) => `/machines/${encodeURIComponent(id)}`;

export function useMachines() {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await hub.get("/machines", list(machine), {}, signal)).items,
    ...live,
  });
}

/** One machine by id or name. */
export function useMachine(id: string) {
  return useQuery({
    queryKey: [...key, id],
    queryFn: ({ signal }) => hub.get(pathOf(id), machine, {}, signal),
    ...live,
  });
}

/** What is to be asked when nothing is heard of it; then asks it at once. */
export function useProbe(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (probe: MachineProbe) => {
      await hub.request("PATCH", pathOf(id), machine, { json: { probe } });
      return hub.post(`${pathOf(id)}/probe`, probeTrial, probe);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

/** All about machines is read again: names stand on many pages, and zones in what the hub answers. */
export function useChangeMachine(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: MachineChange) => hub.request("PATCH", pathOf(id), machine, { json: change }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useRemoveMachine(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => hub.request("DELETE", pathOf(id), z.unknown()),
    // Not read again while its own page is still there.
    onSuccess: () => client.invalidateQueries({ queryKey: key, exact: true }),
  });
}

/** Has its agent replace its token; answers when the old one has ended. */
export function useRotateToken(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => hub.post(`${pathOf(id)}/token/rotate`, tokenRotated, undefined, rotationSeconds.caller),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

/** Says that what is wrong with a machine was seen to. */
export function useSettleCondition(id: string, code: MachineCondition["code"]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => hub.request("DELETE", `${pathOf(id)}/conditions/${code}`, z.unknown()),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}
