/** Whether one run deviates from its normal; what the kinds and outcomes change about it. */
import {
  deviationOf,
  deviationRules,
  type Baseline,
  type DeviationRules,
  type RunDeviation,
} from "@culprit/analysis";
import type { ExecutionKind, ExecutionOutcome } from "@culprit/protocol";

/** Someone waits for a web request: less counts there. */
const rulesByKind: Record<ExecutionKind, DeviationRules> = {
  cron: deviationRules,
  job: deviationRules,
  web: { ...deviationRules, leastSeconds: 0.1 },
};

/** Seconds strictly between which no run deviates: told without a logarithm. */
export type NormalRange = { over: number; under: number };

export function normalRange(
  kind: ExecutionKind,
  { medianSeconds, logMedian, logSpread }: Baseline,
): NormalRange {
  const { score, leastSpread, leastSeconds } = rulesByKind[kind];
  const distance = score * Math.max(logSpread, leastSpread);
  // Rounding must not leave a run out that the exact rule would find.
  return {
    over: Math.min(medianSeconds - leastSeconds, Math.exp(logMedian - distance)) * (1 + 1e-9),
    under: Math.max(medianSeconds + leastSeconds, Math.exp(logMedian + distance)) * (1 - 1e-9),
  };
}

export function judge(
  run: { kind: ExecutionKind; outcome: ExecutionOutcome; seconds: number | null },
  baseline: Baseline | undefined,
): RunDeviation | null {
  if (!baseline || run.seconds === null) return null;
  const deviation = deviationOf(run.seconds, baseline, rulesByKind[run.kind]);
  // A run under way, or whose end nobody saw, can only be too slow.
  const unfinished = run.outcome === "running" || run.outcome === "lost";
  return unfinished && deviation?.direction === "fast" ? null : deviation;
}
