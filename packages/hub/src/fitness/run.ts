/** Asks a machine to run benchmarks now. What it answers is shown; its scores come through its spool like all samples. */
import {
  benchmarkRun,
  benchmarkSeconds,
  ProblemError,
  type BenchmarkRun,
  type BenchmarkRunInput,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { MachineRow } from "../store/store.ts";

export async function runBenchmarks(
  hub: Hub,
  { machineId }: MachineRow,
  input: BenchmarkRunInput,
  by: string,
): Promise<BenchmarkRun> {
  const answer = await hub.channels.request(machineId, "benchmark", input, {
    timeoutSeconds: benchmarkSeconds.hub,
    by,
  });
  const { data } = benchmarkRun.safeParse(answer);
  if (!data) throw new ProblemError("internal", "the machine answered in a form that this hub does not know");
  return data;
}
