/**
 * The schedule as it was, with what each second beside another costs: all that what-if needs, apart from the evidence, as
 * plain data. It repeats after `span`, whole days, so that runs moved beyond one end come in at the other and every day of
 * the window counts.
 */
import type { DemandModel } from "../attribution/from-demand/demand-model.ts";
import type { Evidence } from "../attribution/evidence.ts";
import { soundRuns, type SoundRuns } from "../attribution/sound-runs.ts";
import { measuredPlanOf, type MeasuredPlan } from "./measured-plan.ts";
import { ratesOf, type KnownCost, type PairRate } from "./rates.ts";

export const day = 86_400;

/** Of one group, ascending by start; `timed` as in the log. */
export type GroupRuns = { start: Float64Array; end: Float64Array; timed: Uint8Array };

export type Plan = {
  from: number;
  span: number;
  runs: readonly GroupRuns[];
  machine: Int32Array;
  process: Int32Array;
  sharedBy: Int32Array | null;
  rates: readonly PairRate[];
  /** Null where nothing was measured. */
  measured: MeasuredPlan | null;
};

/** What moves need of a model; its measured demand may be left out. */
export type PlanModel = { costs: readonly (readonly KnownCost[])[]; demand?: DemandModel | null };

/** Throws RangeError if the log is not sorted by start. */
export function planFor({ costs, demand }: PlanModel, evidence: Evidence): Plan {
  const { log, groups, sharedBy } = evidence;
  const sound = soundRuns(log, groups.process.length);
  const from = sound.start[0] ?? 0;
  const last = sound.start.at(-1) ?? 0;
  const runs = runsByGroup(sound, groups.process.length);
  return {
    from,
    span: Math.max(1, Math.round((last - from) / day)) * day,
    runs,
    machine: groups.machine,
    process: groups.process,
    sharedBy,
    rates: ratesOf(costs, groups.process),
    measured: demand ? measuredPlanOf(demand, evidence, runs) : null,
  };
}

/**
 * When the newest run started. It is not the plan's end, which lies whole days after its beginning: up to half a day before
 * or after.
 */
export const newestStart = ({ runs, from }: Plan): number =>
  runs.reduce((latest, { start }) => Math.max(latest, start.at(-1) ?? latest), from);

/** Whether runs on one machine can slow down those on the other: the same, or one that shares something. */
export function reachWithin(sharedBy: Int32Array | null): (machine: number, other: number) => boolean {
  return (machine, other) =>
    machine === other ||
    (sharedBy !== null && sharedBy[machine]! >= 0 && sharedBy[machine] === sharedBy[other]);
}

function runsByGroup({ start, end, group, timed }: SoundRuns, count: number): GroupRuns[] {
  const sizes = new Uint32Array(count);
  for (const one of group) sizes[one]!++;
  const runs = Array.from(sizes, (size) => ({
    start: new Float64Array(size),
    end: new Float64Array(size),
    timed: new Uint8Array(size),
  }));
  const filled = new Uint32Array(count);
  for (let i = 0; i < start.length; i++) {
    const into = runs[group[i]!]!;
    const at = filled[group[i]!]!++;
    into.start[at] = start[i]!;
    into.end[at] = end[i]!;
    into.timed[at] = timed[i]!;
  }
  return runs;
}
