/**
 * What the hub keeps, by noun (`kept/`). Two engines implement it (DuckDB in the process, PostgreSQL); `open.ts` chooses.
 * Instants are whole microseconds since 1970 (`Micros`), durations here too. Reads for the analysis are columns.
 * Each write is one transaction: after it resolves the rows survive a power cut, if it rejects nothing was stored.
 */
import type { Micros } from "@culprit/protocol";
import type { AccessStore } from "./kept/access.ts";
import type { AuditStore } from "./kept/audit.ts";
import type { BenchmarkStore } from "./kept/benchmarks.ts";
import type { CatalogueStore } from "./kept/catalogue.ts";
import type { CheckinStore } from "./kept/check-ins.ts";
import type { CheckStore } from "./kept/checks.ts";
import type { ExecutionStore } from "./kept/executions.ts";
import type { HealthStore } from "./kept/health.ts";
import type { IntakeStore } from "./kept/intake.ts";
import type { MachineFactStore } from "./kept/machine-facts.ts";
import type { MachineStore } from "./kept/machines.ts";
import type { MaintenanceStore } from "./kept/maintenance.ts";
import type { OsProcessStore } from "./kept/os-processes.ts";
import type { PassedOrderStore } from "./kept/passed-orders.ts";
import type { SampleStore } from "./kept/samples.ts";
import type { ExpectationStore, SupervisedRunStore, SupervisionEventStore } from "./kept/supervision.ts";

export type { UserRow, TokenRow, AccessStore } from "./kept/access.ts";
export type { AuditRow, AuditStore } from "./kept/audit.ts";
export type { ScoreColumns, BenchmarkStore } from "./kept/benchmarks.ts";
export type { CatalogueStore } from "./kept/catalogue.ts";
export type { CheckinSchedule, CheckinRow, CheckinHeard, CheckinStore } from "./kept/check-ins.ts";
export type { CheckResultRow, CheckTransitionRow, CheckRow, CheckChange, CheckStore } from "./kept/checks.ts";
export type {
  ExecutionRow,
  ReportedExecution,
  ExecutionFilter,
  ExecutionColumns,
  MeasuredExecutions,
  DensityRow,
  ExecutionStore,
} from "./kept/executions.ts";
export type { WatchRow, HealthRow, BlindTime, HealthStore } from "./kept/health.ts";
export type { IntakeBatch, DirectExecutions, BatchResult, DirectResult, IntakeStore } from "./kept/intake.ts";
export type { MachineFact, MachineFactStore } from "./kept/machine-facts.ts";
export type { MachineRow, MachineRowChange, MachineStore } from "./kept/machines.ts";
export type { MaintenanceRow, MaintenanceStore } from "./kept/maintenance.ts";
export type { OsProcessRow, OsProcessStore } from "./kept/os-processes.ts";
export type { PassedOrderRow, PassedOrderStore } from "./kept/passed-orders.ts";
export type {
  SeriesKind,
  MachineSeries,
  SeriesColumns,
  CombinedSeries,
  SampleStore,
} from "./kept/samples.ts";
export type {
  ExpectationRow,
  ExpectationStore,
  SupervisionEventRow,
  SupervisionEventStore,
  SupervisedRunColumns,
  SupervisedRunStore,
} from "./kept/supervision.ts";

export type Store = {
  readonly engine: "duckdb" | "postgres";
  /** Made with the store; another one means that the store was set up anew. */
  readonly epoch: string;
  readonly machines: MachineStore;
  readonly catalogue: CatalogueStore;
  readonly intake: IntakeStore;
  readonly executions: ExecutionStore;
  readonly samples: SampleStore;
  readonly osProcesses: OsProcessStore;
  readonly benchmarks: BenchmarkStore;
  readonly access: AccessStore;
  readonly audit: AuditStore;
  readonly expectations: ExpectationStore;
  readonly supervisionEvents: SupervisionEventStore;
  readonly checkins: CheckinStore;
  readonly checks: CheckStore;
  readonly passedOrders: PassedOrderStore;
  readonly machineFacts: MachineFactStore;
  readonly health: HealthStore;
  readonly maintenance: MaintenanceStore;
  readonly supervisedRuns: SupervisedRunStore;
  /** Removes what is older; answers the rows removed by kind. */
  removeBefore(limits: {
    samples: Micros;
    executions: Micros;
    keys: Micros;
  }): Promise<Record<string, number>>;
  /** Runs `work` if no other hub holds the lock of that name now; answers whether it ran. */
  exclusively(lock: string, work: () => Promise<void>): Promise<boolean>;
  /** Cheap proof that the store answers; rejects if not. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
