import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { scheduleAdvice, whatIf, type Move } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { analysedEvery } from "./analysed.ts";
import { hub } from "./client.ts";
import { resolveWindow, windowQuery, type Window } from "./window.ts";

const spanOf = (window: Window | undefined) => window && windowQuery(resolveWindow(window, Date.now()));

/** What to move in the schedule, and what earlier moves gained; without a window in that of the hub's latest analysis. */
export function useAdvice(window: Window | undefined) {
  return useQuery({
    queryKey: ["advice", window, getLocale()],
    queryFn: ({ signal }) => hub.get("/schedule/advice", scheduleAdvice, { ...spanOf(window) }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => analysedEvery(state.data),
  });
}

/** What these moves would gain; asks nothing without any. */
export function useWhatIf(moves: readonly Move[], window: Window | undefined) {
  return useQuery({
    queryKey: ["what-if", moves, window, getLocale()],
    queryFn: ({ signal }) => {
      const json = { moves, ...spanOf(window) };
      return hub.request("POST", "/schedule/what-if", whatIf, { json, signal });
    },
    enabled: moves.length > 0,
    staleTime: 60_000,
  });
}
