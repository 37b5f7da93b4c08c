import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { benchmarkRun, benchmarkSeconds, fitness, hubBenchmarks } from "@culprit/protocol";
import { hub } from "./client.ts";

const key = (machine: string) => ["fitness", machine] as const;

export function useFitness(machine: string) {
  return useQuery({
    queryKey: key(machine),
    queryFn: ({ signal }) => hub.get(`/machines/${encodeURIComponent(machine)}/fitness`, fitness, {}, signal),
    refetchInterval: 60_000,
  });
}

export function useRunBenchmarks(machine: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      hub.post(
        `/machines/${encodeURIComponent(machine)}/benchmarks`,
        benchmarkRun,
        {},
        benchmarkSeconds.caller,
      ),
    onSettled: () => client.invalidateQueries({ queryKey: key(machine) }),
  });
}

const hubKey = ["fitness", "of the hub"] as const;

export function useHubBenchmarks() {
  return useQuery({
    queryKey: hubKey,
    queryFn: ({ signal }) => hub.get("/hub/benchmarks", hubBenchmarks, {}, signal),
  });
}

export function useRunHubBenchmarks() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => hub.post("/hub/benchmarks", benchmarkRun, {}),
    onSettled: () => client.invalidateQueries({ queryKey: hubKey }),
  });
}
