/** All commands, in the order of the help. */
import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { agent } from "./agent.ts";
import { doctor } from "./doctor.ts";
import { enroll } from "./enroll.ts";
import { executions } from "./executions.ts";
import { hub } from "./hub.ts";
import { log } from "./log.ts";
import { machines } from "./machines.ts";
import { processes } from "./processes.ts";
import { run } from "./run.ts";
import { stats } from "./stats.ts";
import { status } from "./status.ts";
import { token } from "./token.ts";
import { up } from "./up.ts";
import { user } from "./user.ts";
import { why } from "./why.ts";

export const commands: readonly ((terminal: Terminal) => Command)[] = [
  up,
  hub,
  agent,
  run,
  log,
  why,
  stats,
  executions,
  processes,
  machines,
  status,
  token,
  user,
  enroll,
  doctor,
];
