/**
 * A machine that was installed again goes on as the one that it was, with its history: an enrolment token that was made for it
 * is the machine's from then on, and what was there before, its tokens and what was known of its computer, has ended.
 */
import { ProblemError, type MachineCreated } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { TokenRow } from "../store/store.ts";

/** Name, labels and group stay what people say of it. */
export async function reinstallMachine(
  hub: Hub,
  machineId: number,
  token: TokenRow,
): Promise<MachineCreated> {
  const id = publicId("m", machineId);
  const { name } = hub.fleet.machine(id);
  const { tokenId, madeBy } = token;
  if (!(await hub.access.use(token)))
    throw new ProblemError("not-signed-in", "this enrolment token is used up");
  const { token: secret } = await hub.access.issueOnly(machineId, name);
  hub.channels.drop(machineId, "this machine was installed again");
  // The next agent that speaks is its own, whatever computer it is on.
  await hub.faults.forgetAgent(machineId);
  await hub.fleet.change(machineId, { enrolledWith: tokenId });
  hub.fleet.heard(machineId);
  const detail = `ordered by ${madeBy ?? "someone"}; the machine's tokens of before have ended`;
  const actor = `enrollment ${publicId("t", tokenId)}`;
  await hub.access.audit(actor, "machine.reinstall", id, detail, { machine: name });
  return { id, name, token: secret };
}
