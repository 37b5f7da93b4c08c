import type { Migration } from "./migration.ts";

/** Who a machine's agent is, and what is wrong with it: few, small, and of a form that only their room knows. */
export const machineFacts: Migration = {
  number: 15,
  name: "facts of machines",
  statements: [
    `create table machine_fact (
      machine_id integer not null,
      code text not null,
      told_at bigint not null,
      content text not null,
      primary key (machine_id, code))`,
  ],
};
