import type { BenchmarkName, BenchmarkSkip } from "@culprit/protocol";

/** One thing that is measured: a file in `measures/`. It runs in a process of its own, which it may keep from all else. */
export interface Benchmark {
  readonly name: BenchmarkName;
  readonly unit: string;
  /** What measures, with its version: scores of two are not compared. Another way to work is another number in front. */
  instrument(): string;
  /** Answers units a second; throws `NotPossible`. Takes about `seconds`, at most 5. */
  run(bounds: BenchmarkBounds): number;
}

export type BenchmarkBounds = {
  readonly seconds: number;
  /** An empty folder for its files; who started it removes it. */
  readonly folder: string;
};

/** It can't be measured here or now. */
export class NotPossible extends Error {
  override name = "NotPossible";
  readonly why: BenchmarkSkip;

  constructor(why: BenchmarkSkip, message: string) {
    super(message);
    this.why = why;
  }
}
