import type { Migration } from "./migration.ts";

/** `machine_id` 0: the hub itself probes. */
export const checks: Migration = {
  number: 5,
  name: "checks",
  statements: [
    `create sequence check_number`,
    `create table check_definition (
      check_id integer primary key,
      machine_id integer not null,
      name text not null,
      name_key text not null,
      target text not null,
      interval_seconds integer not null,
      timeout_seconds double precision not null,
      retries integer not null,
      running boolean not null,
      belief text not null,
      believed_until bigint not null,
      created_at bigint not null,
      unique (machine_id, name_key))`,
    `create table check_result (
      machine_id integer not null,
      check_id integer not null,
      "at" bigint not null,
      state integer not null,
      duration_seconds double precision not null,
      text text not null,
      numbers text not null)`,
  ],
  postgres: [`create index check_result_by_check on check_result (check_id, "at")`],
};
