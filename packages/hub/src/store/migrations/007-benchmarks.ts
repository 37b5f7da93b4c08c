import type { Migration } from "./migration.ts";

export const benchmarks: Migration = {
  number: 7,
  name: "benchmarks",
  statements: [
    `create table benchmark_score (
      machine_id integer not null,
      series_id integer not null,
      "at" bigint not null,
      value double precision not null)`,
  ],
  postgres: [`create index benchmark_score_by_machine on benchmark_score (machine_id, "at")`],
};
