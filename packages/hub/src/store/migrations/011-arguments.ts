import type { Migration } from "./migration.ts";

/** Command lines of OS processes, from agents that are set to tell them; null of all others. */
export const argumentsOfOsProcesses: Migration = {
  number: 11,
  name: "arguments of OS processes",
  statements: ["alter table os_process_sample add column arguments text"],
};
