/** All routes of the hub. A test compares these lists with the folder. */
import { audit } from "./audit.ts";
import { availability } from "./availability.ts";
import { channel } from "./channel.ts";
import { checkinClients } from "./checkin-clients.ts";
import { checks } from "./checks.ts";
import { checkins } from "./checkins.ts";
import { culprits } from "./culprits.ts";
import { deviations } from "./deviations.ts";
import { differences } from "./differences.ts";
import { enrollments } from "./enrollments.ts";
import { events } from "./events.ts";
import { executions } from "./executions.ts";
import { expectations } from "./expectations.ts";
import { fitness } from "./fitness.ts";
import { health } from "./health.ts";
import { installer } from "./installer.ts";
import { intake } from "./intake.ts";
import { legacy } from "./legacy.ts";
import { machineToken } from "./machine-token.ts";
import { machines } from "./machines.ts";
import { networkBenchmark } from "./network-benchmark.ts";
import { osProcesses } from "./os-processes.ts";
import type { Routes } from "./policy.ts";
import { processes } from "./processes.ts";
import { schedule } from "./schedule.ts";
import { series } from "./series.ts";
import { services } from "./services.ts";
import { session } from "./session.ts";
import { tokens } from "./tokens.ts";
import { traces } from "./traces.ts";
import { users } from "./users.ts";
import { why } from "./why.ts";

/** Under /api/v1, for people and scripts. */
export const apiRoutes: Record<string, Routes> = {
  audit,
  availability,
  checkins,
  checks,
  culprits,
  deviations,
  differences,
  enrollments,
  events,
  executions,
  expectations,
  fitness,
  machines,
  osProcesses,
  processes,
  schedule,
  series,
  services,
  session,
  tokens,
  users,
  why,
};

/** Under /api/v1, for agents: without what browsers need. */
export const agentRoutes: Record<string, Routes> = { channel, intake, machineToken, networkBenchmark };

/** At the root. */
export const rootRoutes: Record<string, Routes> = { checkinClients, health, installer, legacy, traces };
