/** The columns of several batches one after the other, as the tables want them. Plain loops: this is the hot path. */
import type { Micros, OsProcessColumns } from "@culprit/protocol";
import { toResultTable } from "./check-rows.ts";
import type { IntakeBatch } from "./store.ts";
import type { BulkColumns } from "./tables.ts";

export function sampleColumnsOf(batches: readonly IntakeBatch[], arrivedAt: Micros): BulkColumns<"sample"> {
  const parts = batches.flatMap(({ machineId, points }) => (points ? [{ machineId, points }] : []));
  const lengths = parts.map(({ points }) => points.at.length);
  const at = joined(parts.map(({ points }) => points.at));
  return {
    machine_id: repeated(
      parts.map(({ machineId }) => machineId),
      lengths,
    ),
    series_id: joined(parts.map(({ points }) => points.seriesId)),
    at,
    value: joined(parts.map(({ points }) => points.value)),
    interval_seconds: joined(parts.map(({ points }) => points.intervalSeconds)),
    arrived_at: repeated([arrivedAt], [at.length]),
  };
}

export function scoreColumnsOf(batches: readonly IntakeBatch[]): BulkColumns<"benchmark_score"> {
  const parts = batches.flatMap(({ machineId, scores }) => (scores ? [{ machineId, scores }] : []));
  return {
    machine_id: repeated(
      parts.map(({ machineId }) => machineId),
      parts.map(({ scores }) => scores.at.length),
    ),
    series_id: joined(parts.map(({ scores }) => scores.seriesId)),
    at: joined(parts.map(({ scores }) => scores.at)),
    value: joined(parts.map(({ scores }) => scores.value)),
  };
}

export function checkResultColumnsOf(batches: readonly IntakeBatch[]): BulkColumns<"check_result"> {
  const rows = batches.flatMap(({ machineId, checkResults = [] }) =>
    checkResults.map((row) => ({ machine_id: machineId, ...toResultTable(row) })),
  );
  return {
    machine_id: rows.map((row) => row.machine_id),
    check_id: rows.map((row) => row.check_id),
    at: rows.map((row) => row.at),
    state: rows.map((row) => row.state),
    duration_seconds: rows.map((row) => row.duration_seconds),
    text: rows.map((row) => row.text),
    numbers: rows.map((row) => row.numbers),
    finding: rows.map((row) => row.finding),
  };
}

export function osProcessColumnsOf(batches: readonly IntakeBatch[]): BulkColumns<"os_process_sample"> {
  const parts = batches.flatMap(({ machineId, osProcesses }) =>
    osProcesses ? [{ machineId, osProcesses }] : [],
  );
  const column = <K extends keyof OsProcessColumns>(key: K): OsProcessColumns[K][number][] =>
    joined<OsProcessColumns[K][number]>(parts.map(({ osProcesses }) => osProcesses[key]));
  return {
    machine_id: repeated(
      parts.map(({ machineId }) => machineId),
      parts.map(({ osProcesses }) => osProcesses.at.length),
    ),
    at: column("at"),
    interval_seconds: column("intervalSeconds"),
    uid: column("uid"),
    pid: column("pid"),
    parent_pid: column("parentPid"),
    name: column("name"),
    user_name: column("user"),
    started_at: column("startedAt"),
    cpu_seconds: column("cpuSeconds"),
    cpu_percent: column("cpuPercent"),
    cpu_total_seconds: column("cpuTotalSeconds"),
    threads: column("threads"),
    rss_bytes: column("rssBytes"),
    memory_percent: column("memoryPercent"),
    io_read_bytes: column("ioReadBytes"),
    io_write_bytes: column("ioWriteBytes"),
    io_operations: column("ioOperations"),
    run_queue_seconds: column("runQueueSeconds"),
    arguments: column("arguments"),
  };
}

function joined<T>(lists: readonly (readonly T[])[]): T[] {
  if (lists.length === 1) return [...lists[0]!];
  // Copies whole lists as they are in memory: numbers stay numbers, and nothing grows step by step.
  return new Array<T>().concat(...lists);
}

function repeated(values: readonly number[], times: readonly number[]): number[] {
  const all: number[] = [];
  for (let index = 0; index < values.length; index++)
    for (let time = times[index]!; time > 0; time--) all.push(values[index]!);
  return all;
}
