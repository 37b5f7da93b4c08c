import type { Migration } from "./migration.ts";

export const health: Migration = {
  number: 10,
  name: "health",
  statements: [
    `create table machine_watch (
      machine_id integer primary key,
      address text,
      probe text,
      answered text)`,
    `create table machine_health (
      machine_id integer primary key,
      state text not null,
      since bigint not null,
      evidence text not null)`,
    `create table machine_transition (
      machine_id integer not null,
      "at" bigint not null,
      state text not null,
      evidence text not null,
      primary key (machine_id, "at"))`,
    `create table blind_time (
      began_at bigint primary key,
      ended_at bigint,
      cause text not null)`,
    `create sequence maintenance_number`,
    `create table maintenance (
      maintenance_id integer primary key,
      machine_id integer not null,
      name text not null,
      schedule text not null,
      from_at bigint not null,
      until_at bigint,
      created_at bigint not null)`,
  ],
  postgres: [`create index machine_transition_by_time on machine_transition ("at")`],
};
