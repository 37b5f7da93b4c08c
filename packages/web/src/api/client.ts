/** The hub that served this page, and how its answers are kept. */
import { QueryClient } from "@tanstack/react-query";
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

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
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
