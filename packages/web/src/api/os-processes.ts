import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { formatInstant, list, osProcess } from "@culprit/protocol";
import { hub, live } from "./client.ts";

/** The process table of a machine at an instant (milliseconds since 1970), or the newest one. */
export function useOsProcesses(machine: string, at: number | undefined) {
  return useQuery({
    queryKey: ["os-processes", machine, at],
    queryFn: async ({ signal }) => {
      const query = { machine, at: formatInstant(Math.round(at ?? Date.now()) * 1000) };
      return (await hub.get("/os-processes", list(osProcess), query, signal)).items;
    },
    placeholderData: keepPreviousData,
    ...(at === undefined ? live : {}),
  });
}
