/** What happened when a plan was played, and why: the truth that an analysis never sees. */
import type { Plan } from "./plan.ts";

/** The seconds that each run lost to each process, sparse: those of run i are at offset[i] .. offset[i + 1]. */
export type Costs = { offset: Int32Array; process: Int32Array; seconds: Float64Array };

/** By run of the plan. A run lasted its work, what others cost it, what unseen load cost it, and what the host took. */
export type Played = {
  plan: Plan;
  end: Float64Array;
  costs: Costs;
  unloggedSeconds: Float64Array;
  hostSeconds: Float64Array;
  /** By machine, mean load of each sampling interval; null where the kind of world knows no load. */
  loads: readonly MachineLoad[] | null;
};

/** In units of capacity; a value stands for the interval that ends `sampleSeconds` after the one before. */
export type MachineLoad = { cpu: Float32Array; io: Float32Array; steal: Float32Array };

export const sampleSeconds = 10;

/** Gathers costs run by run; runs may be told in any order. */
export class CostLedger {
  readonly #byRun: ([process: number, seconds: number][] | undefined)[] = [];

  tell(run: number, costs: Iterable<[process: number, seconds: number]>): void {
    this.#byRun[run] = [...costs].filter(([, seconds]) => seconds > 0);
  }

  columns(runs: number): Costs {
    const offset = new Int32Array(runs + 1);
    for (let run = 0; run < runs; run++) offset[run + 1] = offset[run]! + (this.#byRun[run]?.length ?? 0);
    const process = new Int32Array(offset[runs]!);
    const seconds = new Float64Array(offset[runs]!);
    for (let run = 0; run < runs; run++) {
      for (const [i, [other, cost]] of (this.#byRun[run] ?? []).entries()) {
        process[offset[run]! + i] = other;
        seconds[offset[run]! + i] = cost;
      }
    }
    return { offset, process, seconds };
  }
}

/** What other processes cost a run, by process; what runs of its own process cost it is its own doing. */
export function costsOf({ plan, costs }: Played, run: number): Map<number, number> {
  const byProcess = new Map<number, number>();
  for (let i = costs.offset[run]!; i < costs.offset[run + 1]!; i++) {
    if (costs.process[i] !== plan.runs.process[run]) byProcess.set(costs.process[i]!, costs.seconds[i]!);
  }
  return byProcess;
}

/** What each process cost all others together, in seconds. */
export function causedSeconds(played: Played): Float64Array {
  const caused = new Float64Array(played.plan.processes.length);
  for (let run = 0; run < played.end.length; run++)
    for (const [process, seconds] of costsOf(played, run)) caused[process]! += seconds;
  return caused;
}
