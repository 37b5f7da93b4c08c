import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { scheduleAdvice, whatIf, type Move } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { hub } from "./client.ts";

/** What to move in the schedule, and what earlier moves gained. */
export function useAdvice() {
  return useQuery({
    queryKey: ["advice", getLocale()],
    queryFn: ({ signal }) => hub.get("/schedule/advice", scheduleAdvice, {}, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.fittedAt === null ? 10_000 : 60_000),
  });
}

/** What these moves would gain; asks nothing without any. */
export function useWhatIf(moves: readonly Move[]) {
  return useQuery({
    queryKey: ["what-if", moves, getLocale()],
    queryFn: ({ signal }) => hub.request("POST", "/schedule/what-if", whatIf, { json: { moves }, signal }),
    enabled: moves.length > 0,
    staleTime: 60_000,
  });
}
