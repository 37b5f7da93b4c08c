/** The hub's machines: rows of others can't be stored, unless they are to be registered first. */
import { m } from "@culprit/messages";
import { list, machine, machineCreated, type HubClient } from "@culprit/protocol";
import { Failure } from "../failures.ts";

/** Names in lower case, and ids, which name a machine too. */
export async function machineNames(hub: HubClient): Promise<Set<string>> {
  const { items } = await hub.get("/machines", list(machine));
  return new Set(items.flatMap(({ id, name }) => [id.toLowerCase(), name.toLowerCase()]));
}

/** More at once speaks of a column that holds no machines. */
const mostNew = 200;

/** Registers what the hub does not know yet. */
export function registration(hub: HubClient): (names: readonly string[]) => Promise<void> {
  let known: Set<string> | null = null;
  let made = 0;
  return async (names) => {
    for (const name of names) {
      known ??= await machineNames(hub);
      if (known.has(name.toLowerCase())) continue;
      if (++made > mostNew) throw new Failure(m.import_too_many_machines({ count: mostNew }));
      await hub.post("/machines", machineCreated, { name });
      known.add(name.toLowerCase());
    }
  };
}
