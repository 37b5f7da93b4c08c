/** The columns that a fill gives values, in their order: what later migrations add stays empty. */
export const executionColumns = `(machine_id, started_at, ended_at, process_id, step_id, kind, outcome, execution_id, parent_id,
  exit_code, pid, attributes, flags, cpu_seconds, max_rss_bytes, io_read_bytes, io_write_bytes, peak_cpu_cores,
  peak_io_bytes_per_second)`;

export const osProcessColumns = `(machine_id, "at", interval_seconds, uid, pid, parent_pid, name, user_name, started_at, cpu_seconds,
  cpu_percent, cpu_total_seconds, threads, rss_bytes, memory_percent, io_read_bytes, io_write_bytes, io_operations)`;
