/** How machines are added: tokens with which they enrol themselves, and what the hub gives them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  enrollmentToken,
  enrollmentTokenCreated,
  installer,
  list,
  type EnrollmentTokenInput,
} from "@culprit/protocol";
import { z } from "zod";
import { hub, live } from "./client.ts";

const key = ["enrollment-tokens"] as const;

/** `awaited`: someone waits for a machine to come. */
export function useEnrollmentTokens(awaited: boolean) {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await hub.get("/enrollment-tokens", list(enrollmentToken), {}, signal)).items,
    refetchInterval: awaited ? 2000 : live.refetchInterval,
  });
}

export function useMakeEnrollmentToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: EnrollmentTokenInput) => hub.post("/enrollment-tokens", enrollmentTokenCreated, wish),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

export function useRevokeEnrollmentToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      hub.request("DELETE", `/enrollment-tokens/${encodeURIComponent(id)}`, z.unknown()),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

export function useInstaller() {
  return useQuery({
    queryKey: ["installer"],
    queryFn: ({ signal }) => hub.get("/installer", installer, {}, signal),
  });
}
