/** What attribution finds. Processes, machines and groups are the numbers of the evidence; seconds; low and high bound 95%. */

export type Cause = "process" | "group" | "own-work" | "host" | "unexplained";
export type RunVerdict = "culprit" | "own-work" | "host" | "not-separable" | "unknown" | "normal";

/** A part of what a run took beyond its normal. `groups`: one of a process, several that can't be told apart, else none. */
export type RunShare = { cause: Cause; groups: number[]; seconds: number; low: number; high: number };

export type RunExplanation = {
  verdict: RunVerdict;
  normalSeconds: number;
  excessSeconds: number;
  /** Largest first; their seconds add up to the excess. */
  shares: RunShare[];
  /** Whether it rests on measured demand or on the log alone. */
  basis: "samples" | "log";
};

export type VictimFinding = {
  group: number;
  seconds: number;
  low: number;
  high: number;
  /** Seconds lost by each second beside the culprit. */
  slowdownPerSecond: number;
  exposedRuns: number;
  unexposedRuns: number;
  /** The false-discovery rate at which it is still found. */
  q: number;
  /** Durations relative to their normal at the time, for the picture: with and without the culprit beside. */
  exposed: Float64Array;
  unexposed: Float64Array;
};

export type CulpritFinding = {
  process: number;
  causedSeconds: number;
  low: number;
  high: number;
  /** Most seconds first. */
  victims: VictimFinding[];
  basis: "samples" | "log";
};

/**
 * `together`: processes that always run together: one of them slows others, and nothing tells which. `weekday`: they come on
 * the same days of each week, and these days may be slow without them: at most so many seconds are theirs.
 */
export type NotSeparable = {
  reason: "together" | "weekday";
  /** Groups of one process each. */
  groups: number[];
  victims: number[];
  seconds: number;
  low: number;
  high: number;
  /** The experiment that would tell: this group starts so much later, by a whole day where the weekday is in doubt. */
  experiment: { group: number; shiftSeconds: number };
};

/** A pair that looks suspicious with too few runs to say. */
export type NotEnough = { group: number; victim: number; exposedRuns: number; unexposedRuns: number };
