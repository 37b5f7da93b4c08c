/** The slow runs of a world and the truth about each. */
import { deviationOf, fitBaseline, medianOf } from "@culprit/analysis";
import { truthOf, type RunTruth, type World } from "../../packages/simulator/src/index.ts";

export type SlowRun = {
  /** Its row among the observed runs. */
  row: number;
  victim: number;
  excess: number;
  truth: RunTruth;
  /** Against its true normal then; the others are slow against all runs of their process alone. */
  slowAtTheTime: boolean;
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
 * deploys make nothing slow. And others that are slow against all runs of their process, for which nobody may be named
 * either; at most so many, evenly chosen.
 */
export function slowRunsOf(
  world: World,
  separableFrom: (victim: number) => Set<number>,
  most: number,
): SlowRun[] {
  const { start, end, process, timed, run } = world.observed;
  const rowsOf: number[][] = world.plan.processes.map(() => []);
  for (let row = 0; row < start.length; row++) if (timed[row] === 1) rowsOf[process[row]!]!.push(row);
  const slow = rowsOf.flatMap((rows, victim) => {
    const usual = world.plan.processes[victim]!.medianSeconds;
    const seconds = Float64Array.from(rows, (row) => end[row]! - start[row]!);
    const usualOf = (i: number) => world.plan.runs.usual[run[rows[i]!]!]! / usual;
    const baseline = fitBaseline(seconds);
    const atTheTime = fitBaseline(seconds.map((each, i) => each / usualOf(i)));
    if (!baseline || !atTheTime) return [];
    const alwaysContended = isContended(world, rows);
    return rows.flatMap((row, i): SlowRun[] => {
      const slowAtTheTime = deviationOf(seconds[i]! / usualOf(i), atTheTime)?.direction === "slow";
      if (!slowAtTheTime && deviationOf(seconds[i]!, baseline)?.direction !== "slow") return [];
      const normal = slowAtTheTime ? atTheTime.medianSeconds * usualOf(i) : baseline.medianSeconds;
      const judged = judgedBy(truthOf(world, run[row]!), seconds[i]! - normal);
      return [
        {
          ...judged,
          row,
          victim,
          slowAtTheTime,
          separable: judged.caused && separableFrom(victim).has(judged.top),
          alwaysContended,
        },
      ];
    });
  });
  const step = Math.max(1, slow.length / most);
  return Array.from({ length: Math.min(most, slow.length) }, (_, i) => slow[Math.floor(i * step)]!);
}

type Judged = Pick<SlowRun, "truth" | "excess" | "top" | "topSeconds" | "caused" | "own" | "main">;

function judgedBy(truth: RunTruth, excess: number): Judged {
  let top = -1;
  let topSeconds = 0;
  let others = truth.unlogged + truth.host;
  for (const [other, seconds] of truth.costs) {
    others += seconds;
    if (seconds > topSeconds) [top, topSeconds] = [other, seconds];
  }
  const own = excess - others;
  const most = Math.max(own, truth.host, truth.unlogged, topSeconds);
  return {
    truth,
    excess,
    top,
    topSeconds,
    caused: topSeconds >= causeShare * excess,
    own: others < 0.1 * excess,
    main: most === topSeconds ? "process" : most === own ? "own" : most === truth.host ? "host" : "unlogged",
  };
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
