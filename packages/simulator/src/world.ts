/** A world: a plan, what happened, what was seen of it, and the truth. */
import { observe, type Observation, type Observed } from "./observed.ts";
import type { Sharing } from "./fluid.ts";
import type { Plan } from "./plan.ts";
import { costsOf, type Played } from "./played.ts";
import { separableCauses } from "./separable.ts";

/** A process that was made to hurt others. `factor`: by which it divides their speed; null where resources decide. */
export type Planted = { culprit: number; victims: readonly number[]; factor: number | null };

export type World = {
  seed: number;
  plan: Plan;
  played: Played;
  observed: Observed;
  planted: readonly Planted[];
  /** Processes that are always there when a culprit is, and cost nothing. */
  companions: readonly number[];
  /** The same world with another plan: a process moved or taken away. */
  play: (plan: Plan) => Played;
};

export const usualObservation: Observation = {
  skewSeconds: 2,
  missingEnds: 0.01,
  demandError: null,
  sampleError: 0.03,
  queueError: 0.15,
  queueBias: 0,
};

type Ingredients = Pick<World, "seed" | "plan" | "planted" | "companions" | "play"> & {
  sharing: Sharing | null;
};

export function seen(ingredients: Ingredients, observation: Observation): World {
  const { sharing, ...world } = ingredients;
  const played = world.play(world.plan);
  return { ...world, played, observed: observe(played, sharing, world.seed, observation) };
}

/** Why a run took what it took, in seconds; their sum is its duration. */
export type RunTruth = {
  usual: number;
  /** More (or less) work than usual. */
  own: number;
  /** By other processes. */
  costs: Map<number, number>;
  unlogged: number;
  host: number;
};

/** Of a run of the plan. */
export function truthOf({ plan, played }: World, run: number): RunTruth {
  const costs = costsOf(played, run);
  const usual = plan.runs.usual[run]!;
  let others = played.unloggedSeconds[run]! + played.hostSeconds[run]!;
  for (const seconds of costs.values()) others += seconds;
  const duration = played.end[run]! - plan.runs.start[run]!;
  return {
    usual,
    // Runs of its own process that crowd it are its own doing.
    own: duration - usual - others,
    costs,
    unlogged: played.unloggedSeconds[run]!,
    host: played.hostSeconds[run]!,
  };
}

/** Answers, of a process's runs, which causes start times can tell apart; found once for each victim. */
export function separability({ plan }: World): (victim: number) => Set<number> {
  const known = new Map<number, Set<number>>();
  return (victim) => {
    let causes = known.get(victim);
    if (!causes) known.set(victim, (causes = separableCauses(plan, victim)));
    return causes;
  };
}
