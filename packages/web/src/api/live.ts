/** A machine at this moment, asked again and again while somebody looks at it. */
import { useQuery } from "@tanstack/react-query";
import { figuresOf, liveSeconds, liveStatus, type LiveFigures, type LiveStatus } from "@culprit/protocol";
import { hub } from "./client.ts";

const everyMillis = 2000;
/** A machine that did not answer is not pressed. */
const afterFailureMillis = 10_000;
const mostKept = 60;
/** A longer time between two looks is a gap. */
const gapMillis = 15_000;

export type Look = { at: number; figures: LiveFigures | null };
export type Seen = { status: LiveStatus; looks: readonly Look[] };

/** What was seen before with one look more; null stands for the time when nobody looked. */
export function withLook(before: Seen | undefined, status: LiveStatus): Seen {
  const at = Date.parse(status.at);
  const looks = before?.looks ?? [];
  const last = looks.at(-1);
  if (last?.at === at) return { status, looks };
  const gap = last && at - last.at > gapMillis ? [{ at: at - 1, figures: null }] : [];
  return { status, looks: [...looks, ...gap, { at, figures: figuresOf(status) }].slice(-mostKept) };
}

/** Asks only while `looking` and the page is shown, and never twice at a time. */
export function useLive(machine: string, looking: boolean) {
  const queryKey = ["live", machine];
  return useQuery({
    queryKey,
    queryFn: async ({ signal, client }) => {
      const path = `/machines/${encodeURIComponent(machine)}/live`;
      const timeoutSeconds = liveSeconds.caller;
      const status = await hub.request("GET", path, liveStatus, { signal, timeoutSeconds });
      return withLook(client.getQueryData<Seen>(queryKey), status);
    },
    enabled: looking,
    retry: false,
    staleTime: everyMillis,
    refetchInterval: ({ state }) => (state.status === "error" ? afterFailureMillis : everyMillis),
  });
}
