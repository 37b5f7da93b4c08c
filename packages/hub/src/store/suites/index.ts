/** What every engine must do: run by duckdb/duckdb.test.ts and postgres/postgres.test.ts. */
import type { Store } from "../store.ts";
import { accessSuite } from "./access.ts";
import { auditSuite } from "./audit.ts";
import { benchmarksSuite } from "./benchmarks.ts";
import { catalogueSuite } from "./catalogue.ts";
import { checkinsSuite } from "./checkins.ts";
import { checksSuite } from "./checks.ts";
import { executionsByIdSuite } from "./executions-by-id.ts";
import { executionsOverTimeSuite } from "./executions-over-time.ts";
import { healthSuite } from "./health.ts";
import { intakeSuite } from "./intake.ts";
import { machinesSuite } from "./machines.ts";
import { osProcessesSuite } from "./os-processes.ts";
import { passedOrdersSuite } from "./passed-orders.ts";
import { removalSuite } from "./removal.ts";
import { samplesSuite } from "./samples.ts";
import type { Address } from "./store-in-test.ts";
import { supervisionSuite } from "./supervision.ts";
import { wholeSuite } from "./whole.ts";

const suites = [
  wholeSuite,
  machinesSuite,
  catalogueSuite,
  intakeSuite,
  executionsByIdSuite,
  executionsOverTimeSuite,
  samplesSuite,
  osProcessesSuite,
  accessSuite,
  auditSuite,
  removalSuite,
  benchmarksSuite,
  checkinsSuite,
  checksSuite,
  healthSuite,
  passedOrdersSuite,
  supervisionSuite,
];

export function storeSuites(engine: Store["engine"], address: Address): void {
  for (const suite of suites) suite(engine, address);
}
