import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { checkin, checkinCreated, list, type CheckinInput } from "@culprit/protocol";
import { z } from "zod";
import { hub, live } from "./client.ts";

const key = ["checkins"] as const;

export function useCheckins() {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await hub.get("/checkins", list(checkin), {}, signal)).items,
    ...live,
  });
}

export function useCreateCheckin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: CheckinInput) => hub.post("/checkins", checkinCreated, wish),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  });
}

export function useRemoveCheckin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => hub.request("DELETE", `/checkins/${encodeURIComponent(id)}`, z.unknown()),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
