/** Asks a machine to run benchmarks now. What it answers is shown; its scores come through its spool like all samples. */
import {
  benchmarkRun,
  benchmarkSeconds,
  ProblemError,
  type BenchmarkRun,
  type BenchmarkRunInput,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { audited } from "../control/audited.ts";
import type { MachineRow } from "../store/store.ts";

export function runBenchmarks(
  hub: Hub,
  { machineId, name }: MachineRow,
  input: BenchmarkRunInput,
  by: string,
): Promise<BenchmarkRun> {
  const target = input.benchmarks?.join(", ") ?? "all that are allowed";
  return audited(
    hub,
    { by, action: "benchmark.run", target, machine: name },
    async () => {
      const options = { timeoutSeconds: benchmarkSeconds.hub, by };
      const answer = await hub.channels.request(machineId, "benchmark", input, options);
      const { data } = benchmarkRun.safeParse(answer);
      if (!data)
        throw new ProblemError("no-answer", "the machine answered in a form that this hub does not know");
      return data;
    },
    ({ results, skipped }) => ({
      outcome: results.length > 0 ? "done" : "refused",
      detail: `${results.length} run, ${skipped.length} left out`,
    }),
  );
}
