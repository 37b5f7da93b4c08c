/** The filters that answers about many runs have in common; they take ids or names. */
import { executionKinds, windowQuery } from "@culprit/protocol";
import { z } from "zod";
import type { Hub } from "../context.ts";
import { several } from "../several.ts";
import type { ExecutionFilter } from "../store/store.ts";
import { readWindow } from "../window.ts";

const reference = z.string().max(200);

export const runQuery = {
  machine: several(reference).meta({ description: "names or ids" }),
  kind: several(z.enum(executionKinds)),
  ...windowQuery,
};

export const processFilter = { process: several(reference).meta({ description: "names or ids" }) };

type RunQuery = {
  machine?: string[] | undefined;
  process?: string[] | undefined;
  kind?: (typeof executionKinds)[number][] | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

/** Runs that touch the window. */
export async function readRunFilter(
  { catalogue, clock, fleet }: Hub,
  query: RunQuery,
  defaultSeconds: number,
): Promise<ExecutionFilter> {
  const { machine, process, kind } = query;
  const processes = process && (await Promise.all(process.map((one) => catalogue.process(one))));
  return {
    ...readWindow(query, clock.now(), defaultSeconds),
    ...(machine ? { machineIds: machine.map((one) => fleet.machine(one).machineId) } : {}),
    ...(processes ? { processIds: processes.map(({ processId }) => processId) } : {}),
    ...(kind ? { kinds: kind } : {}),
  };
}
