/** How far one run is from its normal. */
import type { Baseline, RunDeviation } from "@culprit/analysis";
import { microsPerSecond } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { ExecutionRow } from "../store/store.ts";
import { judge } from "./judgement.ts";
import { endOfRow } from "./neighbours.ts";

/** How a run compares with its normal; without one nothing deviates and nothing is in excess. */
export function assess(
  hub: Pick<Hub, "clock">,
  run: ExecutionRow,
  baseline: Baseline | undefined,
): { seconds: number | null; excessSeconds: number; deviation: RunDeviation | null } {
  const seconds = run.flags.includes("duration-unknown")
    ? null
    : (endOfRow(run, hub.clock.now()) - run.startedAt) / microsPerSecond;
  const excess = baseline && seconds !== null ? seconds - baseline.medianSeconds : 0;
  return {
    seconds,
    // What a run under way will take is not known: it can be late, but not early.
    excessSeconds: run.outcome === "running" ? Math.max(0, excess) : excess,
    deviation: judge({ kind: run.kind, outcome: run.outcome, seconds }, baseline),
  };
}
