import {
  deviatingExecution,
  execution,
  formatInstant,
  list,
  machine,
  microsPerSecond,
  type HubClient,
  type LiveStatus,
  type Machine,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { describeFailure } from "../failures.ts";
import { formatFleet, formatMachine, inOrder, type Fleet } from "../format/status.ts";
import { printable } from "../format/table.ts";
import { askLive } from "../live/looks.ts";
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

type MachineNow = Machine & {
  /** Absent where the machine could not be asked. */
  live?: LiveStatus;
};

async function showMachine(name: string, options: ReadingOptions, terminal: Terminal): Promise<void> {
  let refusal: unknown;
  const found = await read(
    options,
    terminal,
    async (hub): Promise<MachineNow> => {
      const known = await hub.get(`/machines/${encodeURIComponent(name)}`, machine);
      if (!known.connected) return known;
      try {
        return { ...known, live: await askLive(hub, known.id) };
      } catch (error) {
        refusal = error;
        return known;
      }
    },
    ({ live, ...known }) => terminal.out(formatMachine(known, live, terminal)),
  );
  if (refusal !== undefined)
    terminal.error(m.status_not_asked({ reason: printable(describeFailure(refusal).text) }));
  if (!inOrder(found)) terminal.status = 1;
}
