import type { BenchmarkName, Micros, SeriesDescription } from "@culprit/protocol";

export type ScoreColumns = {
  machineId: number;
  description: SeriesDescription;
  at: Float64Array;
  value: Float64Array;
};

export type BenchmarkStore = {
  /** The newest by benchmark and what measured it, each by time; only those that have scores. */
  scores(machineIds: readonly number[], since: Micros): Promise<ScoreColumns[]>;
  addHubScores(scores: readonly HubScore[]): Promise<void>;
  /** As `scores`, of machine 0. */
  hubScores(since: Micros): Promise<ScoreColumns[]>;
};

/** What a hub measured of itself; `instrument` names its host. */
export type HubScore = {
  benchmark: BenchmarkName;
  instrument: string;
  unit: string;
  at: Micros;
  value: number;
};
