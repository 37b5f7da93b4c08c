/** What a fit leaves for the explanation of runs: plain data, that can be sent between threads. */
import type { DemandModel } from "./demand-model.ts";
import type { Normal } from "./normals.ts";
import type { CulpritFinding, NotEnough, NotSeparable } from "./findings.ts";
import type { PerSecond } from "./seconds.ts";

/** What the groups of one culprit, or of several that can't be told apart, cost a victim. */
export type Cost = {
  suspects: number[];
  perSecond: PerSecond;
  /** Standard error of that. */
  error: number;
  /** Standard deviation of the cost of a second from run to run. */
  runSpread: number;
};

export type Findings = {
  /** Most caused seconds first. */
  culprits: CulpritFinding[];
  notSeparable: NotSeparable[];
  notEnough: NotEnough[];
  slowRuns: number;
  /** The share of slow runs with a definite verdict; null if there are none. */
  coverage: number | null;
  /** Of accusations the share that flipped signs make on the same log; null if there are none. */
  falseAccusationRate: number | null;
};

export type AttributionModel = {
  /** By group; null with too few runs. */
  normals: (Normal | null)[];
  /** By group as victim. */
  costs: Cost[][];
  /** Null where nothing was measured. */
  demand: DemandModel | null;
  findings: Findings;
};
