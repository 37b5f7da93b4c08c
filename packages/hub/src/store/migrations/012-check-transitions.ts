import type { Migration } from "./migration.ts";

/**
 * What was believed of checks and since when (`state` null: no results came any more), and what a probe found as a code with
 * values, which is said in the reader's language; null of plugins and of older agents.
 */
export const checkTransitions: Migration = {
  number: 12,
  name: "transitions of checks",
  statements: [
    `create table check_transition (
      machine_id integer not null,
      check_id integer not null,
      "at" bigint not null,
      state integer,
      text text not null,
      finding text,
      primary key (machine_id, check_id, "at"))`,
    `alter table check_result add column finding text`,
  ],
  postgres: [`create index check_transition_by_time on check_transition ("at")`],
};
