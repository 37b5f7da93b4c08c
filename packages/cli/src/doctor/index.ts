/** All checks, in the order in which they are told. */
import { accessLogs } from "./access-logs.ts";
import { agent } from "./agent.ts";
import { allowed } from "./allowed.ts";
import { clock } from "./clock.ts";
import { cron } from "./cron.ts";
import { dataDir } from "./data-dir.ts";
import type { Check } from "./finding.ts";
import { hub } from "./hub.ts";
import { hubSpeed } from "./hub-speed.ts";
import { intake } from "./intake.ts";
import { mandatoryAccess } from "./mandatory-access.ts";
import { node } from "./node.ts";
import { observedJobs } from "./observed-jobs.ts";
import { otherUsersIo } from "./other-users-io.ts";
import { port } from "./port.ts";
import { pressure } from "./pressure.ts";
import { storeLock } from "./store-lock.ts";
import { timeZone } from "./time-zone.ts";
import { token } from "./token.ts";
import { unseenChecks } from "./unseen-checks.ts";

export const checks: readonly Check[] = [
  node,
  hub,
  hubSpeed,
  token,
  clock,
  port,
  dataDir,
  storeLock,
  agent,
  unseenChecks,
  intake,
  accessLogs,
  cron,
  observedJobs,
  otherUsersIo,
  allowed,
  pressure,
  mandatoryAccess,
  timeZone,
];
