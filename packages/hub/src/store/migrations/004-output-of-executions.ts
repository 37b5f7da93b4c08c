import type { Migration } from "./migration.ts";

export const outputOfExecutions: Migration = {
  number: 4,
  name: "output of executions",
  statements: [
    `create table execution_output (
      machine_id integer not null,
      execution_id text not null,
      started_at bigint not null,
      output text not null)`,
  ],
  postgres: [
    `create index execution_output_by_id on execution_output (machine_id, execution_id)`,
    `create index execution_output_by_start on execution_output using brin (started_at)`,
  ],
};
