import type { CollectorFactory } from "../collector.ts";
import { agentItself } from "./agent-itself.ts";
import { computer } from "./computer.ts";
import { cpu } from "./cpu.ts";
import { cpuFrequency } from "./cpu-frequency.ts";
import { diskIo } from "./disk-io.ts";
import { diskUse } from "./disk-use.ts";
import { fileHandles } from "./file-handles.ts";
import { load } from "./load.ts";
import { loggedInUsers } from "./logged-in-users.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { osProcesses } from "./os-processes.ts";
import { ownedGroups } from "./owned-groups.ts";
import { pressure } from "./pressure.ts";
import { scheduler } from "./scheduler.ts";
import { sensors } from "./sensors.ts";
import { tcp } from "./tcp.ts";
import { uptime } from "./uptime.ts";

/** All of them; a new file in this folder gets its line here. */
export const collectors: readonly CollectorFactory[] = [
  agentItself,
  computer,
  cpu,
  cpuFrequency,
  diskIo,
  diskUse,
  fileHandles,
  load,
  loggedInUsers,
  memory,
  network,
  osProcesses,
  ownedGroups,
  pressure,
  scheduler,
  sensors,
  tcp,
  uptime,
];
