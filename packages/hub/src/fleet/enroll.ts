/** Machines come and go: registered by a person, or by their own agent with an enrolment token. */
import {
  ProblemError,
  type enrollment,
  type MachineChange,
  type MachineCreated,
  type SettledCondition,
} from "@culprit/protocol";
import type { z } from "zod";
import type { Hub } from "../context.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import { reinstallMachine } from "./reinstall.ts";
import type { MachineRow, MachineRowChange, MachineStore, TokenRow } from "../store/store.ts";

type More = NonNullable<Parameters<MachineStore["create"]>[2]>;

export async function enrollMachine(
  hub: Hub,
  name: string,
  actor: string,
  more: More = {},
): Promise<MachineCreated> {
  refuseIdAsName(name);
  const machineId = await hub.fleet.create(name, more);
  if (machineId === null) throw new ProblemError("conflict", `there is a machine named ${name} already`);
  const { token } = await hub.access.issue({ kind: "machine", name, machineId });
  const id = publicId("m", machineId);
  await hub.access.audit(actor, "machine.create", id, "", { machine: name });
  return { id, name, token };
}

/** A use is taken only when there is a machine for it. With a token that was made for a machine that one goes on. */
export async function enrollWithToken(
  hub: Hub,
  token: TokenRow,
  { name, labels = {}, group }: Pick<z.infer<typeof enrollment>, "name" | "labels" | "group">,
): Promise<MachineCreated> {
  if (token.machineId !== null) return reinstallMachine(hub, token.machineId, token);
  refuseIdAsName(name);
  if (hub.fleet.find(name))
    throw new ProblemError(
      "conflict",
      `there is a machine named ${name} already: give this one another name, or, if it was installed again, enrol it with a ` +
        "token that is made for that (Install again, on the machine's page)",
    );
  if (!(await hub.access.use(token)))
    throw new ProblemError("not-signed-in", "this enrolment token is used up");
  const more = { labels, group: group ?? null, enrolledWith: token.tokenId };
  const created = await enrollMachine(hub, name, `enrollment ${publicId("t", token.tokenId)}`, more);
  // Its agent was heard just now: should that never start, the machine is silent, not one without an agent.
  hub.fleet.heard(readPublicId("m", created.id)!);
  return created;
}

export async function changeMachine(
  hub: Hub,
  reference: string,
  { probe, ...wish }: MachineChange,
  actor: string,
): Promise<MachineRow> {
  const { machineId } = hub.fleet.machine(reference);
  if (wish.name !== undefined) refuseIdAsName(wish.name);
  const change: MachineRowChange = Object.fromEntries(
    Object.entries(wish).filter(([, value]) => value !== undefined),
  );
  const result = await hub.fleet.change(machineId, change);
  if (result === "name-taken")
    throw new ProblemError("conflict", `there is a machine named ${wish.name} already`);
  const row = hub.fleet.machine(publicId("m", machineId));
  if (probe !== undefined) await hub.health.setProbe(machineId, probe);
  const detail = JSON.stringify({ ...change, ...(probe === undefined ? {} : { probe }) });
  await hub.access.audit(actor, "machine.change", publicId("m", machineId), detail, { machine: row.name });
  return row;
}

export async function removeMachine(hub: Hub, reference: string, actor: string): Promise<void> {
  const { machineId, name } = hub.fleet.machine(reference);
  await hub.fleet.remove(machineId);
  await hub.supervision.forgetMachine(machineId);
  hub.access.forget((token) => token.machineId === machineId);
  hub.channels.drop(machineId);
  hub.health.forget(machineId);
  hub.faults.forget(machineId);
  hub.uploads.forget(machineId);
  await hub.access.audit(actor, "machine.remove", publicId("m", machineId), "", { machine: name });
}

/** Says that what is wrong with a machine was seen to; a problem of code not-found if it is not so. */
export async function settleCondition(
  hub: Hub,
  reference: string,
  code: SettledCondition,
  actor: string,
): Promise<void> {
  const { machineId, name } = hub.fleet.machine(reference);
  if (!(await hub.faults.settle(machineId, code)))
    throw new ProblemError("not-found", `nothing is known of ${code} of ${name}`);
  await hub.access.audit(actor, "machine.settle", publicId("m", machineId), code, { machine: name });
}

/** `m_7` as a name could never be reached: in a path it is an id. */
function refuseIdAsName(name: string): void {
  if (readPublicId("m", name) !== null)
    throw new ProblemError("invalid-request", `${name} has the form of an id and can't be a name`);
}
