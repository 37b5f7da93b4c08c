import type { Expectation } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { presentExpectations } from "./present.ts";

/** Those of these machines and processes, by name or id; all without. */
export async function listExpectations(
  hub: Hub,
  { machine, process }: { machine?: string[] | undefined; process?: string[] | undefined },
): Promise<Expectation[]> {
  const machines = machine && new Set(machine.map((one) => hub.fleet.machine(one).machineId));
  const found = process && (await Promise.all(process.map((one) => hub.catalogue.process(one))));
  const processes = found && new Set(found.map(({ processId }) => processId));
  const rows = (await hub.supervision.all()).filter(
    ({ machineId, processId }) =>
      (!machines || machines.has(machineId)) && (!processes || processes.has(processId)),
  );
  return presentExpectations(hub, rows);
}
