/**
 * Replaces a machine's token while its agent runs. An operator's order goes to the agent over its channel; the agent tells the
 * hash of the token that it has made, and confirms it with the token itself, which ends the machine's others. An order is
 * needed: whoever holds a stolen token can't make of it one that is theirs alone.
 */
import {
  formatInstant,
  ProblemError,
  rotateRequest,
  rotationAnswer,
  rotationSeconds,
  type TokenRotated,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { audited } from "../control/audited.ts";
import { publicId } from "../public-ids.ts";
import type { TokenRow } from "../store/store.ts";

/** An agent that was killed meanwhile has so long to come back and confirm. */
const orderSeconds = 600;

export async function rotateToken(hub: Hub, reference: string, by: string): Promise<TokenRotated> {
  const { machineId, name } = hub.fleet.machine(reference);
  return audited(
    hub,
    { by, action: "machine.rotate-token", target: publicId("m", machineId), machine: name },
    async () => {
      refuseDoubtful(hub, machineId);
      const wish = { kind: "rotation", name, machineId, madeBy: by, validSeconds: orderSeconds } as const;
      const { token: order, tokenId } = await hub.access.issue(wish);
      await askAgent(hub, machineId, order, by).catch(async (error: unknown) => {
        if (isKnownNotDone(error)) await withdraw(hub, tokenId);
        throw error;
      });
      // What counts is what the store says.
      if ((await hub.access.token(tokenId))?.kind !== "machine") throw notUnderstood();
      return {
        machine: name,
        token: publicId("t", tokenId),
        rotatedAt: formatInstant(hub.clock.now()),
      };
    },
    ({ token }) => ({ outcome: "done", detail: `now ${token}` }),
  );
}

async function askAgent(hub: Hub, machineId: number, order: string, by: string): Promise<void> {
  const options = { timeoutSeconds: rotationSeconds.hub, by };
  const answer = await hub.channels.request(machineId, rotateRequest, { order }, options);
  if (!rotationAnswer.safeParse(answer).success) throw notUnderstood();
}

/** Which of two computers is the machine's own is for a person to say before either is given a new token. */
function refuseDoubtful(hub: Hub, machineId: number): void {
  if (hub.faults.of(machineId).some(({ code }) => code === "hardware-changed"))
    throw new ProblemError(
      "conflict",
      "its agent came to run on another computer: say on its page that this was seen to, if it is the right one",
    );
}

function isKnownNotDone(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code !== "no-answer";
}

/** Never one that the agent has confirmed all the same. */
async function withdraw(hub: Hub, tokenId: number): Promise<void> {
  await hub.access.revoke(tokenId, "rotation");
  await hub.access.revoke(tokenId, "next");
}

const notUnderstood = () =>
  new ProblemError("no-answer", "the machine's answer does not agree with what this hub knows of its token");

/** The agent has made a token for an order. Throws a problem of code not-found if it is none for this machine now. */
export async function registerNextToken(
  hub: Hub,
  machineId: number,
  { order, hash }: { order: string; hash: string },
): Promise<void> {
  if (!(await hub.access.registerNext(machineId, order, hash)))
    throw new ProblemError(
      "not-found",
      "nobody has ordered a new token for this machine, or it was too long ago",
    );
}

/** Its agent has the token for good, and calls with it. Of one that was confirmed before nothing changes. */
export async function confirmNextToken(
  hub: Hub,
  { tokenId, machineId, kind, madeBy, hash }: TokenRow,
): Promise<void> {
  if (kind === "machine" || machineId === null) return;
  if (!(await hub.access.confirmNext({ tokenId, machineId }))) {
    // Confirmed by this very agent, whose answer was lost.
    if ((await hub.access.token(tokenId))?.kind === "machine") return;
    throw new ProblemError("not-signed-in", "this token was not confirmed in time");
  }
  // It is in use: who guesses at tokens behind the same address does not keep it out.
  await hub.access.tokenByHash(hash);
  hub.faults.tokenReplaced(machineId);
  const detail = `${publicId("t", tokenId)}, ordered by ${madeBy ?? "someone"}; the machine's other tokens have ended`;
  const name = hub.fleet.name(machineId);
  await hub.access.audit(name, "machine.token-replaced", publicId("m", machineId), detail, { machine: name });
}
