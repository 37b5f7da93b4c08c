import type { Migration } from "./migration.ts";

export const checkins: Migration = {
  number: 3,
  name: "check-ins",
  statements: [
    `create sequence checkin_number`,
    `create table checkin (
      checkin_id integer primary key,
      machine_id integer not null,
      slug text not null,
      process text not null,
      secret_hash text unique,
      schedule text,
      max_micros bigint,
      created_at bigint not null,
      last_at bigint,
      last_signal text,
      message text,
      unique (machine_id, slug))`,
  ],
};
