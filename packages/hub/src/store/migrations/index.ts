import { firstTables } from "./001-first-tables.ts";
import { supervision } from "./002-supervision.ts";
import { checkins } from "./003-checkins.ts";
import { outputOfExecutions } from "./004-output-of-executions.ts";
import { checks } from "./005-checks.ts";
import { audit } from "./006-audit.ts";
import { benchmarks } from "./007-benchmarks.ts";
import { runQueue } from "./008-run-queue.ts";
import { registry } from "./009-registry.ts";
import { health } from "./010-health.ts";
import { argumentsOfOsProcesses } from "./011-arguments.ts";
import { checkTransitions } from "./012-check-transitions.ts";
import { passedOrders } from "./013-passed-orders.ts";
import { hubScores } from "./014-hub-scores.ts";
import { machineFacts } from "./015-machine-facts.ts";
import type { Migration } from "./migration.ts";

/** In order; a number is never used twice. */
export const migrations: readonly Migration[] = [
  firstTables,
  supervision,
  checkins,
  outputOfExecutions,
  checks,
  audit,
  benchmarks,
  runQueue,
  registry,
  health,
  argumentsOfOsProcesses,
  checkTransitions,
  passedOrders,
  hubScores,
  machineFacts,
];
