/**
 * What each group asks of its own machine: the median over the runs that were measured (a run that was hindered used less
 * than it asked for, one measured at a bad moment more), and how far that may be off.
 */
import { medianDistance, medianOf } from "../../statistics.ts";
import type { Demands, Resource, Work } from "../evidence.ts";
import type { SoundRuns } from "../sound-runs.ts";

/** By group; NaN where no run was measured. `error`: one standard deviation. */
export type GroupDemand = { demand: Float64Array; error: Float64Array };

const mostMeasured = 501;
/** More than the whole machine is a meter's error. */
const mostDemand = 1.5;
/** What a meter is off by for all runs of a process alike: sampled too seldom, a part not followed. */
const commonError = 0.1;

export function measuredDemand(
  runs: SoundRuns,
  groups: number,
  demands: Demands | null,
  resource: Resource,
): GroupDemand {
  const found = { demand: new Float64Array(groups).fill(NaN), error: new Float64Array(groups).fill(NaN) };
  if (!demands) return found;
  const column = demands[resource];
  const values = Array.from({ length: groups }, (): number[] => []);
  for (let i = 0; i < runs.group.length; i++) {
    const value = column[runs.row[i]!]!;
    if (value >= 0 && value <= mostDemand) values[runs.group[i]!]!.push(value);
  }
  for (const [group, all] of values.entries()) {
    if (all.length === 0) continue;
    const count = Math.min(mostMeasured, all.length);
    const some = Float64Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
    const demand = medianOf(some);
    const spread = 1.4826 * medianDistance(some, demand);
    found.demand[group] = demand;
    found.error[group] = Math.hypot(commonError * demand, (1.25 * spread) / Math.sqrt(count));
  }
  return found;
}

/** Relative differences that are followed; beyond them it is the meter. */
const farthest = 0.5;
const leastCompared = 50;
/** Half of the difference, where nothing tells how much of it is the meter's. */
const unknownTrust = 0.5;

/**
 * How much of a run's difference from its group's usual demand (as logarithms) is its own and not its meter's error: the
 * slope of what it used on average (`work` by seconds, another meter) on what it was seen to ask for.
 */
export function trustInMeter(
  { demand }: GroupDemand,
  runs: SoundRuns,
  demands: Demands | null,
  work: Work | null,
  resource: Resource,
): number {
  if (!demands || !work) return unknownTrust;
  const pairs = new Map<number, { asked: number[]; used: number[] }>();
  for (let i = 0; i < runs.group.length; i++) {
    const group = runs.group[i]!;
    const asked = Math.log(demands[resource][runs.row[i]!]! / demand[group]!);
    const used = Math.log(work[resource][runs.row[i]!]! / (runs.end[i]! - runs.start[i]!));
    if (!runs.timed[i] || !(Math.abs(asked) < farthest) || !Number.isFinite(used)) continue;
    const own = pairs.get(group) ?? { asked: [], used: [] };
    if (own.asked.length < mostMeasured) {
      own.asked.push(asked);
      own.used.push(used);
    }
    pairs.set(group, own);
  }
  let products = 0;
  let squares = 0;
  let count = 0;
  for (const { asked, used } of pairs.values()) {
    const middle = medianOf(used);
    for (const [k, one] of asked.entries()) {
      const other = used[k]! - middle;
      if (Math.abs(other) > farthest) continue;
      products += one * other;
      squares += one * one;
      count++;
    }
  }
  return count < leastCompared || !(squares > 0)
    ? unknownTrust
    : Math.min(1, Math.max(0, products / squares));
}
