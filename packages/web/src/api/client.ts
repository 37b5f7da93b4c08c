/** The hub that served this page, and how its answers are kept. */
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { HubClient, ProblemError } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";

/** The hub writes its sentences in the language of the page, not of the browser. */
export const hub = new HubClient({
  hub: "",
  fetch: (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("accept-language", getLocale());
    return fetch(input, { ...init, headers });
  },
});

/** Who is signed in; kept here because any answer may say that nobody is any more. */
export const sessionKey = ["session"] as const;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isNotSignedIn(error)) queryClient.setQueryData(sessionKey, null);
    },
  }),
  defaultOptions: {
    queries: {
      // A hub on this machine answers without any network.
      networkMode: "always",
      staleTime: 5_000,
      // What the hub refuses it will refuse again.
      retry: (failures, error) => !isRefused(error) && failures < 2,
      retryDelay: (failures) => Math.min(8_000, 800 * 2 ** failures),
    },
  },
});

/** Pages refresh themselves this often; Query pauses it while the page is hidden. */
export const live = { refetchInterval: 10_000 } as const;

export function isRefused(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500 && error.problem.status !== 429;
}

export function isNotSignedIn(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === "not-signed-in";
}
