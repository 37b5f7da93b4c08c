/** Puts samples into a store as an agent's batch would. */
import type { Computer, Micros, OsProcessColumns, SeriesDescription } from "@culprit/protocol";
import type { OsProcessRow, Store } from "../store/store.ts";

export type SamplePoint = { series: SeriesDescription; at: Micros; value: number; intervalSeconds: number };

let sequence = 0;

export async function storeSamples(
  store: Store,
  machineId: number,
  samples: { points?: readonly SamplePoint[]; osProcesses?: OsProcessColumns; computer?: Computer },
): Promise<void> {
  const points = samples.points ?? [];
  const series = [...new Set(points.map((point) => point.series))];
  const ids = await store.catalogue.seriesIds(series.map((description) => ({ machineId, description })));
  const idOf = new Map(series.map((each, at) => [each, ids[at]!]));
  sequence++;
  const { batches } = await store.intake.commit(
    [
      {
        machineId,
        stream: "test-stream",
        sequence,
        digest: String(sequence),
        dropped:
          sequence === 1 ? [] : [{ fromSequence: 1, toSequence: sequence - 1, reason: "test", rows: 0 }],
        receivedAt: points[0]?.at ?? 0,
        executions: [],
        points: {
          seriesId: points.map((point) => idOf.get(point.series)!),
          at: points.map((point) => point.at),
          value: points.map((point) => point.value),
          intervalSeconds: points.map((point) => point.intervalSeconds),
        },
        osProcesses: samples.osProcesses ?? null,
        computer: samples.computer ?? null,
        deadLetters: [],
      },
    ],
    [],
  );
  if (batches[0]?.status !== "stored") throw new Error(`not stored: ${JSON.stringify(batches)}`);
}

/** Columns of OS processes that are idle but for what is given. */
export function osProcessRows(given: readonly (Partial<OsProcessRow> & { at: Micros })[]): OsProcessColumns {
  const idle = {
    intervalSeconds: 60,
    uid: "0000",
    pid: 1,
    parentPid: 0,
    name: "idle",
    user: "root",
    startedAt: 0,
    cpuSeconds: 0,
    cpuPercent: 0,
    cpuTotalSeconds: 0,
    threads: 1,
    rssBytes: 1000,
    memoryPercent: 0,
    ioReadBytes: null,
    ioWriteBytes: null,
    ioOperations: null,
    runQueueSeconds: null,
    arguments: null,
  };
  const rows = given.map((row) => Object.assign({}, idle, row));
  const column = <K extends keyof OsProcessRow>(name: K) => rows.map((row): OsProcessRow[K] => row[name]);
  return {
    at: column("at"),
    intervalSeconds: column("intervalSeconds"),
    uid: column("uid"),
    pid: column("pid"),
    parentPid: column("parentPid"),
    name: column("name"),
    user: column("user"),
    startedAt: column("startedAt"),
    cpuSeconds: column("cpuSeconds"),
    cpuPercent: column("cpuPercent"),
    cpuTotalSeconds: column("cpuTotalSeconds"),
    threads: column("threads"),
    rssBytes: column("rssBytes"),
    memoryPercent: column("memoryPercent"),
    ioReadBytes: column("ioReadBytes"),
    ioWriteBytes: column("ioWriteBytes"),
    ioOperations: column("ioOperations"),
    runQueueSeconds: column("runQueueSeconds"),
    arguments: column("arguments"),
  };
}
