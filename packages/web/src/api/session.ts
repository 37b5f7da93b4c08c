import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { identity, sessionCreated } from "@culprit/protocol";
import { hub, isNotSignedIn, sessionKey } from "./client.ts";

/** Who is signed in; null if nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }) => {
    try {
      return await hub.get("/session", identity, {}, signal);
    } catch (error) {
      if (isNotSignedIn(error)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Whether who is signed in may change what all see. */
export function useMayChange(): boolean {
  const { data } = useQuery(sessionQuery);
  return data?.role === "operator" || data?.role === "admin";
}

/** Whether who is signed in may end what can't be brought back. */
export function useMayRemove(): boolean {
  return useQuery(sessionQuery).data?.role === "admin";
}

export type Credentials = { user: string; password: string } | { once: string };

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => hub.post("/session", sessionCreated, credentials),
    // Everything kept so far may be another person's.
    onSuccess: () => client.resetQueries(),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => hub.request("DELETE", "/session", z.unknown()),
    onSettled: () => client.clear(),
  });
}
