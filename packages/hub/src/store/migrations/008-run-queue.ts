import type { Migration } from "./migration.ts";

/** How long processes and runs waited for a processor; null in rows from before. */
export const runQueue: Migration = {
  number: 8,
  name: "run queue",
  statements: ["os_process_sample", "execution", "execution_running"].map(
    (table) => `alter table ${table} add column run_queue_seconds double precision`,
  ),
};
