/** Executions between their form in the hub and their form in a table. */
import { type Execution, executionFlags, executionKinds, executionOutcomes } from "@culprit/protocol";
import type { ExecutionRow } from "./store.ts";
import type { BulkColumns, ExecutionTable } from "./tables.ts";

export function toTable(row: ExecutionRow): ExecutionTable {
  return {
    machine_id: row.machineId,
    started_at: row.startedAt,
    ended_at: row.endedAt,
    process_id: row.processId,
    step_id: row.stepId,
    kind: executionKinds.indexOf(row.kind),
    outcome: executionOutcomes.indexOf(row.outcome),
    execution_id: row.executionId,
    parent_id: row.parentId,
    exit_code: row.exitCode,
    pid: row.pid,
    attributes: row.attributes ? JSON.stringify(row.attributes) : null,
    flags: row.flags.reduce((bits, flag) => bits | (1 << executionFlags.indexOf(flag)), 0),
    cpu_seconds: row.cpuSeconds,
    max_rss_bytes: row.maxRssBytes,
    io_read_bytes: row.ioReadBytes,
    io_write_bytes: row.ioWriteBytes,
    peak_cpu_cores: row.peakCpuCores,
    peak_io_bytes_per_second: row.peakIoBytesPerSecond,
    run_queue_seconds: row.runQueueSeconds,
  };
}

export function fromTable(row: ExecutionTable): ExecutionRow {
  return {
    machineId: row.machine_id,
    executionId: row.execution_id,
    processId: row.process_id,
    stepId: row.step_id,
    parentId: row.parent_id,
    kind: executionKinds[row.kind]!,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: executionOutcomes[row.outcome]!,
    exitCode: row.exit_code,
    pid: row.pid,
    attributes: row.attributes === null ? null : (JSON.parse(row.attributes) as Execution["attributes"]),
    flags: executionFlags.filter((_, position) => (row.flags & (1 << position)) !== 0),
    cpuSeconds: row.cpu_seconds,
    maxRssBytes: row.max_rss_bytes,
    ioReadBytes: row.io_read_bytes,
    ioWriteBytes: row.io_write_bytes,
    peakCpuCores: row.peak_cpu_cores,
    peakIoBytesPerSecond: row.peak_io_bytes_per_second,
    runQueueSeconds: row.run_queue_seconds,
  };
}

export function toColumns(rows: readonly ExecutionRow[]): BulkColumns<"execution"> {
  const table = rows.map(toTable);
  const column = <C extends keyof ExecutionTable>(name: C): ExecutionTable[C][] =>
    table.map((row) => row[name]);
  return {
    machine_id: column("machine_id"),
    started_at: column("started_at"),
    ended_at: column("ended_at"),
    process_id: column("process_id"),
    step_id: column("step_id"),
    kind: column("kind"),
    outcome: column("outcome"),
    execution_id: column("execution_id"),
    parent_id: column("parent_id"),
    exit_code: column("exit_code"),
    pid: column("pid"),
    attributes: column("attributes"),
    flags: column("flags"),
    cpu_seconds: column("cpu_seconds"),
    max_rss_bytes: column("max_rss_bytes"),
    io_read_bytes: column("io_read_bytes"),
    io_write_bytes: column("io_write_bytes"),
    peak_cpu_cores: column("peak_cpu_cores"),
    peak_io_bytes_per_second: column("peak_io_bytes_per_second"),
    run_queue_seconds: column("run_queue_seconds"),
  };
}
