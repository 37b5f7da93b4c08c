/** What a plan knows of measured load: who asks for what, what else is there, and who suffers from it. Plain data. */
import { backgroundOf, noBackground, type Background } from "../attribution/from-demand/background.ts";
import type { DemandModel } from "../attribution/from-demand/demand-model.ts";
import { demandCurve, type DemandCurve } from "../attribution/from-demand/demand-curve.ts";
import type { Evidence } from "../attribution/evidence.ts";
import { orderOf, pick } from "../intervals.ts";
import type { GroupRuns } from "./plan.ts";

export type MeasuredPlace = {
  /** Those that ask for something there, by how much, and its standard deviation; in units of the capacity. */
  groups: Int32Array;
  demand: Float64Array;
  error: Float64Array;
  background: Background;
};

/** `place`: position in the plan's places; one standard deviation. */
export type Sensitive = { place: number; value: number; error: number };

export type MeasuredPlan = {
  places: MeasuredPlace[];
  /** By group. */
  sensitivities: Sensitive[][];
  /** Seconds in the window that each suspect cost each victim. */
  costs: { victim: number; suspect: number; seconds: number }[];
};

/** The background is what the samples show beyond the runs as they were: moves do not touch it. */
export function measuredPlanOf(
  { places, sensitivities, costs }: DemandModel,
  { samples }: Evidence,
  runs: readonly GroupRuns[],
): MeasuredPlan {
  return {
    places: places.map(({ machine, resource, groups, demand, error, meter }) => {
      const asking = [...groups.keys()].filter((position) => demand[position]! > 0);
      const place = {
        groups: Int32Array.from(asking, (position) => groups[position]!),
        demand: Float64Array.from(asking, (position) => demand[position]!),
        error: Float64Array.from(asking, (position) => error[position]!),
      };
      const sampled = samples[machine];
      const background = sampled
        ? backgroundOf(sampled, resource, curveOf(place, runs), meter)
        : noBackground;
      return { ...place, background: coarse(background) };
    }),
    sensitivities: sensitivities.map((all) =>
      all.filter(({ value }) => value > 0).map(({ place, value, error }) => ({ place, value, error })),
    ),
    costs: costs.map(({ victim, suspect, seconds }) => ({ victim, suspect, seconds })),
  };
}

const coarseSeconds = 300;

/** In steps of five minutes: finer ones are of the noise of samples, and cost each replay their number. */
function coarse(background: Background): Background {
  const { at, unlogged, stolen, asked } = background;
  const first = Math.floor((at[0] ?? 0) / coarseSeconds);
  const count = at.length === 0 ? 0 : Math.ceil(at.at(-1)! / coarseSeconds) - first + 1;
  if (count >= at.length) return background;
  const steps = {
    at: Float64Array.from({ length: count }, (_, step) => (first + step) * coarseSeconds),
    unlogged: new Float64Array(count),
    stolen: new Float64Array(count),
    asked: new Float64Array(count).fill(1),
  };
  for (let k = 0; k + 1 < at.length; k++)
    for (let from = at[k]!; from < at[k + 1]!;) {
      const step = Math.floor(from / coarseSeconds);
      const to = Math.min(at[k + 1]!, (step + 1) * coarseSeconds);
      const part = (to - from) / coarseSeconds;
      steps.unlogged[step - first]! += unlogged[k]! * part;
      steps.stolen[step - first]! += stolen[k]! * part;
      steps.asked[step - first]! += ((asked?.[k] ?? 1) - 1) * part;
      from = to;
    }
  return steps;
}

/** All demand of runs on a place over time. */
export function curveOf(
  { groups, demand }: Pick<MeasuredPlace, "groups" | "demand">,
  runs: readonly GroupRuns[],
): DemandCurve {
  const count = groups.reduce((sum, group) => sum + runs[group]!.start.length, 0);
  const all = {
    start: new Float64Array(count),
    end: new Float64Array(count),
    demand: new Float64Array(count),
  };
  let filled = 0;
  for (const [position, group] of groups.entries()) {
    const { start, end } = runs[group]!;
    all.start.set(start, filled);
    all.end.set(end, filled);
    all.demand.fill(demand[position]!, filled, filled + start.length);
    filled += start.length;
  }
  const order = orderOf(all.start);
  const inOrder = (values: Float64Array): Float64Array => pick(values, order, new Float64Array(count));
  return demandCurve({ start: inOrder(all.start), end: inOrder(all.end), demand: inOrder(all.demand) });
}
