/** Names of processes where they run. */
import type { PlacedProcess } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { publicId } from "../../public-ids.ts";
import type { Place } from "../run-model.ts";

export type Named = (place: Place) => PlacedProcess;

/** For places of these processes. */
export async function namesOf(
  { catalogue, fleet }: Pick<Hub, "catalogue" | "fleet">,
  processIds: Iterable<number>,
): Promise<Named> {
  const names = await catalogue.processes.namesOf(new Set(processIds));
  return ({ machineId, processId }) => ({
    process: names.get(processId) ?? publicId("p", processId),
    processId: publicId("p", processId),
    machine: fleet.name(machineId),
    machineId: publicId("m", machineId),
  });
}
