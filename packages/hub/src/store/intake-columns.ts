/** The columns of several batches one after the other, as the tables want them. */
import type { Micros } from "@culprit/protocol";
import type { IntakeBatch } from "./store.ts";
import type { BulkColumns } from "./tables.ts";

export function sampleColumnsOf(batches: readonly IntakeBatch[], arrivedAt: Micros): BulkColumns<"sample"> {
  const machine_id: number[] = [];
  const series_id: number[] = [];
  const at: number[] = [];
  const value: number[] = [];
  const interval_seconds: number[] = [];
  for (const { machineId, points } of batches) {
    if (!points) continue;
    for (let row = 0; row < points.at.length; row++) {
      machine_id.push(machineId);
      series_id.push(points.seriesId[row]!);
      at.push(points.at[row]!);
      value.push(points.value[row]!);
      interval_seconds.push(points.intervalSeconds[row]!);
    }
  }
  return { machine_id, series_id, at, value, interval_seconds, arrived_at: at.map(() => arrivedAt) };
}

export function osProcessColumnsOf(batches: readonly IntakeBatch[]): BulkColumns<"os_process_sample"> {
  const of = <T>(column: (processes: NonNullable<IntakeBatch["osProcesses"]>) => readonly T[]): T[] =>
    batches.flatMap(({ osProcesses }) => (osProcesses ? column(osProcesses) : []));
  return {
    machine_id: batches.flatMap(({ machineId, osProcesses }) => osProcesses?.at.map(() => machineId) ?? []),
    at: of((processes) => processes.at),
    interval_seconds: of((processes) => processes.intervalSeconds),
    uid: of((processes) => processes.uid),
    pid: of((processes) => processes.pid),
    parent_pid: of((processes) => processes.parentPid),
    name: of((processes) => processes.name),
    user_name: of((processes) => processes.user),
    started_at: of((processes) => processes.startedAt),
    cpu_seconds: of((processes) => processes.cpuSeconds),
    cpu_percent: of((processes) => processes.cpuPercent),
    cpu_total_seconds: of((processes) => processes.cpuTotalSeconds),
    threads: of((processes) => processes.threads),
    rss_bytes: of((processes) => processes.rssBytes),
    memory_percent: of((processes) => processes.memoryPercent),
    io_read_bytes: of((processes) => processes.ioReadBytes),
    io_write_bytes: of((processes) => processes.ioWriteBytes),
    io_operations: of((processes) => processes.ioOperations),
  };
}
