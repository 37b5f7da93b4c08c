/** What a fit leaves for the explanation of runs: plain data, that can be sent between threads. */
import type { DemandModel } from "./from-demand/demand-model.ts";
import type { Normal } from "./normals.ts";
import type { CulpritFinding, NotEnough, NotSeparable } from "./findings.ts";
import type { Hidden } from "./from-log/hidden-causes.ts";
import type { PerSecond } from "./from-log/seconds.ts";

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

/** Of a victim: by how much ln d grows with an exposure of 1 to each group that it met often enough; ascending by group. */
export type Weighed = { group: Int32Array; slope: Float32Array; error: Float32Array };

export type AttributionModel = {
  /** By group as victim; null where it was not observed. */
  weighed: (Weighed | null)[];
  /** By group; null with too few runs. */
  normals: (Normal | null)[];
  /** By group as victim. */
  costs: Cost[][];
  /** By group as victim; null where no culprit is known. */
  hidden: (Hidden | null)[];
  /** Null where nothing was measured. */
  demand: DemandModel | null;
  findings: Findings;
};
