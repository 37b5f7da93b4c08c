/** The slow runs of a world and the truth about each. */
import { deviationOf, fitBaseline, medianOf } from "@culprit/analysis";
import { separability, truthOf, type RunTruth, type World } from "../../packages/simulator/src/index.ts";

export type SlowRun = {
  /** Its row among the observed runs. */
  row: number;
  victim: number;
  excess: number;
  truth: RunTruth;
  /** The process that cost it most; -1 where nobody cost it anything. */
  top: number;
  topSeconds: number;
  /** Its top cause has 30% of the excess or more. */
  caused: boolean;
  /** ... and start times can tell it from the others. */
  separable: boolean;
  /** Slow by itself: others cost it less than a tenth of the excess. */
  own: boolean;
  /** Which part of the truth is the largest. */
  main: "process" | "own" | "host" | "unlogged";
  /** Half of its victim's runs lose a twentieth or more: their normal contains the delay. */
  alwaysContended: boolean;
};

const causeShare = 0.3;

/**
 * Slow by the product's rule (`deviationOf`), with durations relative to the true median at the time, so that drifts and
 * deploys make nothing slow; at most so many, evenly chosen.
 */
export function slowRunsOf(world: World, most: number): SlowRun[] {
  const { start, end, process, timed, run } = world.observed;
  const rowsOf: number[][] = world.plan.processes.map(() => []);
  for (let row = 0; row < start.length; row++) if (timed[row] === 1) rowsOf[process[row]!]!.push(row);
  const separableFrom = separability(world);
  const slow = rowsOf.flatMap((rows, victim) => {
    if (rows.length === 0) return [];
    const usual = world.plan.processes[victim]!.medianSeconds;
    const relative = Float64Array.from(
      rows,
      (row) => ((end[row]! - start[row]!) * usual) / world.plan.runs.usual[run[row]!]!,
    );
    const baseline = fitBaseline(relative);
    if (!baseline) return [];
    let contended: boolean | undefined;
    return rows.flatMap((row, i) => {
      if (deviationOf(relative[i]!, baseline)?.direction !== "slow") return [];
      const truth = truthOf(world, run[row]!);
      const excess = ((relative[i]! - baseline.medianSeconds) * truth.usual) / usual;
      let top = -1;
      let topSeconds = 0;
      let others = truth.unlogged + truth.host;
      for (const [other, seconds] of truth.costs) {
        others += seconds;
        if (seconds > topSeconds) [top, topSeconds] = [other, seconds];
      }
      const caused = topSeconds >= causeShare * excess;
      contended ??= isContended(world, rows);
      return [
        {
          row,
          victim,
          excess,
          truth,
          top,
          topSeconds,
          caused,
          separable: caused && separableFrom(victim).has(top),
          own: others < 0.1 * excess,
          main: largestPart(truth, topSeconds),
          alwaysContended: contended,
        },
      ];
    });
  });
  const step = Math.max(1, slow.length / most);
  return Array.from({ length: Math.min(most, slow.length) }, (_, i) => slow[Math.floor(i * step)]!);
}

function largestPart({ own, host, unlogged }: RunTruth, topSeconds: number): SlowRun["main"] {
  const most = Math.max(own, host, unlogged, topSeconds);
  return most === topSeconds ? "process" : most === own ? "own" : most === host ? "host" : "unlogged";
}

function isContended(world: World, rows: readonly number[]): boolean {
  const lost = Float64Array.from(rows, (row) => {
    const { usual, own, costs, unlogged, host } = truthOf(world, world.observed.run[row]!);
    let seconds = unlogged + host;
    for (const cost of costs.values()) seconds += cost;
    return seconds / (usual + own);
  });
  return medianOf(lost) >= 0.05;
}
