import {
  deviatingExecution,
  execution,
  formatInstant,
  list,
  machine,
  microsPerSecond,
  type HubClient,
} from "@culprit/protocol";
import type { Command } from "commander";
import { formatFleet, formatMachine, inOrder, type Fleet } from "../format/status.ts";
import { read, readingCommand, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

const daySeconds = 86_400;
const most = 1000;

export function status(terminal: Terminal): Command {
  return readingCommand(
    "status",
    "the fleet, or one machine, at a glance; exit status 1 if a machine is not in order",
  )
    .argument("[machine]", "name or id")
    .action((name: string | undefined, options: ReadingOptions) =>
      name === undefined ? showFleet(options, terminal) : showMachine(name, options, terminal),
    );
}

async function showFleet(options: ReadingOptions, terminal: Terminal): Promise<void> {
  const from = formatInstant(terminal.now() - daySeconds * microsPerSecond);
  const { machines } = await read(
    options,
    terminal,
    (hub) => askFleet(hub, from),
    (fleet) => terminal.out(formatFleet(fleet, terminal)),
  );
  if (!machines.every(inOrder)) terminal.status = 1;
}

async function askFleet(hub: HubClient, from: string): Promise<Fleet> {
  const [machines, running, failed, slow] = await Promise.all([
    hub.get("/machines", list(machine)),
    hub.get("/executions", list(execution), { outcome: "running", from, limit: most }),
    hub.get("/executions", list(execution), { outcome: "failed", from, limit: most }),
    hub.get("/deviations", list(deviatingExecution), { from, direction: "slow", limit: most }),
  ]);
  return {
    machines: machines.items,
    running: running.items,
    failed: failed.items,
    slow: slow.items,
  };
}

async function showMachine(name: string, options: ReadingOptions, terminal: Terminal): Promise<void> {
  const found = await read(
    options,
    terminal,
    (hub) => hub.get(`/machines/${encodeURIComponent(name)}`, machine),
    (answer) => terminal.out(formatMachine(answer, terminal)),
  );
  if (!inOrder(found)) terminal.status = 1;
}
