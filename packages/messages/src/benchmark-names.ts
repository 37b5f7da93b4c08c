/** What benchmarks are called, and why one was not run. */
import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

export const benchmarkNames = {
  "cpu-integer": m.bench_name_cpu_integer,
  "cpu-float": m.bench_name_cpu_float,
  "memory-bandwidth": m.bench_name_memory_bandwidth,
  "sql-insert": m.bench_name_sql_insert,
  "sql-aggregate": m.bench_name_sql_aggregate,
  "disk-write": m.bench_name_disk_write,
  "disk-read": m.bench_name_disk_read,
  "network-up": m.bench_name_network_up,
  "network-down": m.bench_name_network_down,
} as const satisfies Record<string, Text>;

export const benchmarkSkips = {
  "not-allowed": m.bench_skip_not_allowed,
  "not-installed": m.bench_skip_not_installed,
  "not-possible": m.bench_skip_not_possible,
  "no-room": m.bench_skip_no_room,
  busy: m.bench_skip_busy,
  resting: m.bench_skip_resting,
  "under-way": m.bench_skip_under_way,
  failed: m.bench_skip_failed,
} as const satisfies Record<string, Text>;
