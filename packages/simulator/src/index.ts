export { playFluid, type Demand, type Sharing, type StepCurve } from "./fluid.ts";
export { fluidWorld, type FluidOptions } from "./fluid-world.ts";
export { playMultiplier, type Effect } from "./multiplier.ts";
export { exposures, multiplierWorld, type MultiplierOptions } from "./multiplier-world.ts";
export { runsOf, type NamedRun } from "./named-runs.ts";
export {
  nullFamilies,
  nullWorld,
  triggeredFamilies,
  type NullFamily,
  type NullOptions,
} from "./null-world.ts";
export type { Observation, Observed } from "./observed.ts";
export { planRuns, withMoved, without, type Plan, type PlannedProcess, type PlannedRuns } from "./plan.ts";
export {
  causedSeconds,
  costsOf,
  sampleSeconds,
  type Costs,
  type MachineLoad,
  type Played,
} from "./played.ts";
export { Random } from "./random.ts";
export { day, hour, origin, type Schedule } from "./schedule.ts";
export { canTouch, separableCauses, separableRules } from "./separable.ts";
export { separability, truthOf, type Planted, type RunTruth, type World } from "./world.ts";
