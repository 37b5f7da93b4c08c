import type { Migration } from "./migration.ts";

/** Benchmarks of the hubs themselves: machines have theirs in `benchmark_score`. */
export const hubScores: Migration = {
  number: 14,
  name: "scores of hubs",
  statements: [
    `create table hub_score (
      instrument text not null,
      benchmark text not null,
      "at" bigint not null,
      unit text not null,
      value double precision not null,
      primary key (instrument, benchmark, "at"))`,
  ],
};
