import type { Migration } from "./migration.ts";

/** What one hub asks of a machine whose channel is open to another hub of the same store. */
export const passedOrders: Migration = {
  number: 13,
  name: "orders passed on between hubs",
  statements: [
    `create table passed_order (
      machine_id integer not null,
      order_id text not null,
      name text not null,
      arguments text not null,
      ordered_by text,
      timeout_seconds double precision not null,
      expires_at bigint not null,
      taken boolean not null,
      answer text,
      primary key (machine_id, order_id))`,
  ],
};
