/** Whether the machine itself was slower at the time of a run, by its own benchmarks, and what that cost the run. */
import { slowerThen, type Baseline, type NormalRun, type SlowerThen } from "@culprit/analysis";
import { formatInstant, microsPerSecond, type BenchmarkName, type Why } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { zoneOf } from "../fleet/zone.ts";
import { reasonText } from "../fitness/fitness-text.ts";
import type { ExecutionRow, MeasuredExecutions } from "../store/store.ts";
import { judge } from "./judgement.ts";
import { normalDays } from "./normals.ts";
import { okOutcome } from "./run-groups.ts";
import type { Locale } from "./why-text.ts";

export type SlowerMachine = SlowerThen<BenchmarkName>;
type Shares = Why["shares"];
type Verdict = Why["verdict"];

export const asFastAsUsual: SlowerMachine = { slower: [], loss: null };

/** Of a process of one machine, the newest; 46 bytes each. */
const mostNormal = 10_000;
/** A cause gives the verdict from this part of the excess on. */
const leastPart = 0.3;

const kinds: Record<BenchmarkName, "cpu" | "memory" | "other"> = {
  "cpu-integer": "cpu",
  "cpu-float": "cpu",
  "memory-bandwidth": "memory",
  "sql-insert": "other",
  "sql-aggregate": "other",
  "disk-write": "other",
  "disk-read": "other",
  "network-up": "other",
  "network-down": "other",
};

/** What a step lost by itself is not told: only whole runs are measured. */
export async function slowerMachine(hub: Hub, run: ExecutionRow, baseline: Baseline): Promise<SlowerMachine> {
  const trends = (await hub.trends.of([run.machineId])).get(run.machineId)!;
  // Most machines never were slower: then nothing is read.
  if (trends.every(({ levels }) => levels.length < 2)) return asFastAsUsual;
  const before = await hub.store.executions.measured(
    {
      machineIds: [run.machineId],
      processIds: [run.processId],
      kinds: [run.kind],
      from: run.startedAt - normalDays * 86_400 * microsPerSecond,
      to: run.startedAt,
    },
    mostNormal,
  );
  const found = slowerThen(
    trends,
    normalRuns(before, run, baseline),
    { start: run.startedAt / microsPerSecond, normalSeconds: baseline.medianSeconds },
    (benchmark) => kinds[benchmark],
  );
  return run.stepId === 0 ? found : { ...found, loss: null };
}

function normalRuns(
  { length, startedAt, endedAt, outcome, cpuSeconds }: MeasuredExecutions,
  { kind }: ExecutionRow,
  baseline: Baseline,
): NormalRun[] {
  const runs: NormalRun[] = [];
  for (let row = 0; row < length; row++) {
    const seconds = (endedAt[row]! - startedAt[row]!) / microsPerSecond;
    if (outcome[row] !== okOutcome || Number.isNaN(seconds)) continue;
    if (judge({ kind, outcome: "ok", seconds }, baseline)) continue;
    runs.push({ start: startedAt[row]! / microsPerSecond, seconds, cpuSeconds: cpuSeconds[row]! });
  }
  return runs;
}

/** How long a run should have taken on its machine as fast as it was: what is shared out among others is beyond this. */
export const normalThen = ({ medianSeconds }: Baseline, { loss }: SlowerMachine): number =>
  medianSeconds + (loss?.seconds ?? 0);

/** `shares` are of what a run took beyond `normalThen`; the machine's own part of the excess is put beside them. */
export function withSlowerMachine(
  { shares, verdict }: { shares: Shares; verdict: Verdict },
  { loss }: SlowerMachine,
  excessSeconds: number,
): { shares: Shares; verdict: Verdict } {
  if (!loss || !(excessSeconds > 0)) return { shares, verdict };
  const seconds = Math.min(loss.seconds, excessSeconds);
  const own = {
    cause: "host" as const,
    slowerMachine: true as const,
    seconds,
    low: Math.min(loss.low, seconds),
    high: Math.max(loss.high, seconds),
  };
  const all = [own, ...shares].toSorted((a, b) => b.seconds - a.seconds);
  const largestSeconds = Math.max(0, ...shares.map((share) => share.seconds));
  return { shares: all, verdict: verdictBeside(verdict, largestSeconds, seconds, excessSeconds) };
}

/** The verdict once a slower machine had its part, by the largest of the other shares. */
export function verdictBeside(
  verdict: Verdict,
  largestSeconds: number,
  ownSeconds: number,
  excessSeconds: number,
): Verdict {
  if (Math.max(largestSeconds, ownSeconds) < leastPart * excessSeconds) return "unknown";
  return ownSeconds >= largestSeconds ? "host" : verdict;
}

export function presentSlower(
  hub: Hub,
  { machineId }: ExecutionRow,
  { slower }: SlowerMachine,
  locale: Locale,
) {
  const zone = zoneOf(hub.fleet.get(machineId));
  return slower.map(({ benchmark, ratio, since }): Why["slowerMachine"][number] => {
    const micros = Math.round(since * microsPerSecond);
    const text = reasonText({ code: "benchmark-slower", benchmark, ratio, since: micros }, locale, zone);
    return { benchmark, ratio, since: formatInstant(micros), text };
  });
}
