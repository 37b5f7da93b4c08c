import type { Migration } from "./migration.ts";

/** What people say of machines, and with which enrolment token one came; null in rows from before. */
export const registry: Migration = {
  number: 9,
  name: "registry",
  statements: [
    `alter table machine add column labels text`,
    `alter table machine add column group_name text`,
    `alter table machine add column time_zone text`,
    `alter table machine add column enrolled_with integer`,
    `alter table access_token add column made_by text`,
    `alter table access_token add column uses integer`,
  ],
};
