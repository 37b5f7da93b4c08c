import type { CollectorFactory } from "../collector.ts";
import { agentItself } from "./agent-itself.ts";
import { computer } from "./computer.ts";
import { cpu } from "./cpu.ts";
import { diskIo } from "./disk-io.ts";
import { diskUse } from "./disk-use.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { osProcesses } from "./os-processes.ts";
import { pressure } from "./pressure.ts";
import { scheduler } from "./scheduler.ts";
import { uptime } from "./uptime.ts";

/** All of them; a new file in this folder gets its line here. */
export const collectors: readonly CollectorFactory[] = [
  agentItself,
  computer,
  cpu,
  diskIo,
  diskUse,
  load,
  memory,
  network,
  osProcesses,
  pressure,
  scheduler,
  uptime,
];
