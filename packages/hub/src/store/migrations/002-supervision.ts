import type { Migration } from "./migration.ts";

export const supervision: Migration = {
  number: 2,
  name: "supervision",
  statements: [
    `create sequence expectation_number`,
    `create table expectation (
      expectation_id integer primary key,
      machine_id integer not null,
      process_id integer not null,
      source text not null,
      cron text,
      time_zone text,
      every_seconds integer,
      grace_seconds integer not null,
      max_seconds integer,
      min_seconds integer,
      enabled boolean not null,
      confidence double precision,
      effective_from bigint not null,
      changed_at bigint not null,
      unique (machine_id, process_id, source))`,
    `create sequence supervision_event_number`,
    `create table supervision_event (
      machine_id integer not null,
      process_id integer not null,
      kind text not null,
      subject text not null,
      event_id integer not null,
      began_at bigint not null,
      noticed_at bigint not null,
      expected_at bigint,
      execution_id text,
      detail text not null,
      ended_at bigint,
      ending text,
      withdrawn boolean not null,
      primary key (machine_id, process_id, kind, subject))`,
  ],
  postgres: [
    `create index supervision_event_by_time on supervision_event (began_at)`,
    `create index supervision_event_by_end on supervision_event (ended_at)`,
    `create index supervision_event_open on supervision_event (machine_id) where ended_at is null`,
    // Supervision asks every few seconds what ended since; web requests, which are most of the rows, are none of its.
    `create index execution_by_end on execution (machine_id, ended_at) where kind <> 1`,
  ],
};
