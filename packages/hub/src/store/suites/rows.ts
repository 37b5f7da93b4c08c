/** Rows as tests of the store write them. */
import type { Micros } from "@culprit/protocol";
import type { ExecutionRow, IntakeBatch } from "../store.ts";

export const second = 1_000_000;
export const hour = 3600 * second;
export const start: Micros = Date.UTC(2026, 10, 20, 3) * 1000;

/** A run of half a minute that ended well, of which nothing more is known. */
export function executionRow(told: Partial<ExecutionRow>): ExecutionRow {
  return {
    machineId: 0,
    executionId: "",
    processId: 1,
    stepId: 0,
    parentId: null,
    kind: "cron",
    startedAt: start,
    endedAt: start + 30 * second,
    outcome: "ok",
    exitCode: 0,
    pid: null,
    attributes: null,
    flags: [],
    cpuSeconds: null,
    maxRssBytes: null,
    ioReadBytes: null,
    ioWriteBytes: null,
    peakCpuCores: null,
    peakIoBytesPerSecond: null,
    runQueueSeconds: null,
    ...told,
  };
}

export const stillRunning = { endedAt: null, outcome: "running", exitCode: null } as const;

export const aToken = {
  hash: "hash",
  kind: "machine",
  name: "agent",
  role: null,
  machineId: null,
  userId: null,
  usesLeft: null,
  madeBy: null,
  createdAt: start,
  expiresAt: null,
} as const;

export const cpu = {
  metric: "system.cpu.utilization",
  attributes: { "cpu.mode": "user" },
  unit: "1",
  type: "gauge",
} as const;
export const networkIo = {
  metric: "system.network.io",
  attributes: {},
  unit: "By",
  type: "counter",
} as const;

export const computer = {
  hostName: "web-1",
  timeZone: "America/Sao_Paulo",
  os: "Debian 13",
  kernel: "6.12",
  architecture: "x64",
  bootId: "boot",
  bootedAt: start,
  cpuCores: 2,
  cpuModel: "model",
  cpuMegahertz: null,
  memoryBytes: 2 ** 34,
  swapBytes: 0,
  partitions: [{ device: "sda1", mountPoint: "/", fileSystem: "ext4", sizeBytes: 2 ** 36 }],
  agentVersion: "0.1.0",
  capabilities: ["pressure"],
};

export function dropped(fromSequence: number, toSequence: number): IntakeBatch["dropped"][number] {
  return { fromSequence, toSequence, reason: "spool-full", rows: 1 };
}

export function named(rows: readonly ExecutionRow[]): string[] {
  return rows.map(({ executionId }) => executionId);
}

/** Rows of [series, at, value, interval]. */
export function points(rows: readonly (readonly [number, Micros, number, number])[]): IntakeBatch["points"] {
  return {
    seriesId: rows.map(([series]) => series),
    at: rows.map(([, at]) => at),
    value: rows.map(([, , value]) => value),
    intervalSeconds: rows.map(([, , , interval]) => interval),
  };
}

type OsProcesses = NonNullable<IntakeBatch["osProcesses"]>;

export function osProcesses(columns: Partial<OsProcesses>): OsProcesses {
  const rows = Object.values(columns)[0]?.length ?? 0;
  const all = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  return {
    at: all(start),
    intervalSeconds: all(60),
    uid: all("0123456789abcdef"),
    pid: all(4711),
    parentPid: all(1),
    name: all("worker"),
    user: all("root"),
    startedAt: all(start - 3600 * second),
    cpuSeconds: all(1),
    cpuPercent: all(1.7),
    cpuTotalSeconds: all(100),
    threads: all(2),
    rssBytes: all(10_000_000),
    memoryPercent: all(0.5),
    ioReadBytes: all(100),
    ioWriteBytes: all(200),
    ioOperations: all(3),
    runQueueSeconds: all(0.5),
    arguments: all("worker --all"),
    ...columns,
  };
}
