import type { Micros, SeriesDescription } from "@culprit/protocol";

export type ScoreColumns = {
  machineId: number;
  description: SeriesDescription;
  at: Float64Array;
  value: Float64Array;
};

export type BenchmarkStore = {
  /** The newest by benchmark and what measured it, each by time; only those that have scores. */
  scores(machineIds: readonly number[], since: Micros): Promise<ScoreColumns[]>;
};
