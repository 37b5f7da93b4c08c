/** The one place that knows the engines. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import { accessStore } from "./access.ts";
import { auditStore } from "./audit.ts";
import { benchmarkStore } from "./benchmarks.ts";
import { catalogueStore } from "./catalogue.ts";
import { checkStore } from "./checks.ts";
import { checkinStore } from "./checkins.ts";
export { benchmarkDuckDb } from "./duckdb/benchmark.ts";
import { connectDuckDb } from "./duckdb/connect.ts";
import type { Engine } from "./engine.ts";
import { executionStore } from "./executions.ts";
import { machineFactStore } from "./machine-facts.ts";
import { healthStore } from "./health.ts";
import { intakeStore } from "./intake.ts";
import { expectationStore } from "./expectations.ts";
import { machineStore } from "./machines.ts";
import { maintenanceStore } from "./maintenance.ts";
import { migrate } from "./migrate.ts";
import { passedOrderStore } from "./passed-orders.ts";
import { osProcessStore } from "./os-processes.ts";
import { connectPostgres } from "./postgres/connect.ts";
import { removal } from "./retention.ts";
import { sampleStore } from "./samples.ts";
import type { Store } from "./store.ts";
import { supervisedRunStore } from "./supervised-runs.ts";
import { supervisionEventStore } from "./supervision-events.ts";

export type StoreOptions = {
  clock: Clock;
  /** What DuckDB may use for its buffers; the process needs about 100 MB more. */
  memoryLimitBytes?: number;
  /** Says what the person who runs the hub must know, e.g. that a damaged file was set aside. */
  warn?: (message: string) => void;
};

/** `duckdb:<file>`, `duckdb::memory:` or `postgres://...`. Rejects with `StoreLockedError` if another hub has the file. */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  const engine = await connect(url, options);
  try {
    const epoch = await migrate(engine, options.clock.now());
    return {
      engine: engine.name,
      epoch,
      machines: machineStore(engine),
      catalogue: catalogueStore(engine),
      intake: intakeStore(engine, options.clock),
      executions: executionStore(engine),
      samples: sampleStore(engine),
      osProcesses: osProcessStore(engine),
      benchmarks: benchmarkStore(engine),
      access: accessStore(engine),
      audit: auditStore(engine),
      expectations: expectationStore(engine),
      supervisionEvents: supervisionEventStore(engine),
      checkins: checkinStore(engine),
      checks: checkStore(engine),
      passedOrders: passedOrderStore(engine),
      machineFacts: machineFactStore(engine),
      health: healthStore(engine),
      maintenance: maintenanceStore(engine),
      supervisedRuns: supervisedRunStore(engine),
      removeBefore: removal(engine),
      exclusively: (lock, work) => engine.exclusively(lock, work),
      async ping() {
        await sql`select 1`.execute(engine.read);
      },
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function connect(
  url: string,
  { clock, memoryLimitBytes = 100_000_000, warn }: StoreOptions,
): Promise<Engine> {
  if (/^postgres(ql)?:\/\//.test(url)) return await connectPostgres(url);
  const file = /^duckdb:(.+)$/.exec(url)?.[1];
  if (file === undefined) throw new TypeError(`not the address of a store: ${url}`);
  if (file !== ":memory:") await mkdir(dirname(file), { recursive: true });
  return await connectDuckDb(file, {
    memoryLimitBytes,
    threads: 2,
    readers: 2,
    warn: warn ?? (() => {}),
    now: () => clock.now(),
  });
}
