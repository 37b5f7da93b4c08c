import type { Migration } from "./migration.ts";

export const audit: Migration = {
  number: 6,
  name: "audit",
  statements: [
    `create sequence audit_number`,
    // Tells entries of one instant apart; those from before have none.
    `alter table audit add column entry_id integer default 0`,
    `alter table audit add column machine text`,
    `alter table audit add column outcome text default 'done'`,
    // What is there has them now; who writes says all of it.
    `alter table audit alter column entry_id drop default`,
    `alter table audit alter column outcome drop default`,
  ],
};
