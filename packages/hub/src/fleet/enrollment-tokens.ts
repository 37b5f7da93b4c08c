/** Tokens with which machines enrol themselves: made, listed without their secrets, revoked. */
import {
  formatInstant,
  ProblemError,
  type enrollmentTokenInput,
  type EnrollmentToken,
  type EnrollmentTokenCreated,
} from "@culprit/protocol";
import type { z } from "zod";
import type { Hub } from "../context.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { MachineRow, TokenRow } from "../store/store.ts";

const machinesListed = 50;

export async function makeEnrollmentToken(
  hub: Hub,
  { name = "enrollment", uses, validSeconds, machine }: Partial<Wish> & Pick<Wish, "uses" | "validSeconds">,
  actor: string,
): Promise<EnrollmentTokenCreated> {
  const again = machine === undefined ? undefined : hub.fleet.machine(machine);
  const machineId = again?.machineId ?? null;
  const wish = { kind: "enroll", name, machineId, usesLeft: uses, madeBy: actor, validSeconds } as const;
  const { token, tokenId, expiresAt } = await hub.access.issue(wish);
  const id = publicId("t", tokenId);
  const audited = again ? { machine: again.name } : {};
  const detail = again ? `${name}, to go on as ${publicId("m", again.machineId)}` : `${name}, ${uses} uses`;
  await hub.access.audit(actor, "enrollment-token.create", id, detail, audited);
  return { id, name, token, uses, ...audited, expiresAt: formatInstant(expiresAt!) };
}

type Wish = z.infer<typeof enrollmentTokenInput>;

/** Newest first. */
export async function listEnrollmentTokens(hub: Hub): Promise<EnrollmentToken[]> {
  const now = hub.clock.now();
  const machines = new Map<number, MachineRow[]>();
  for (const row of hub.fleet.all().toReversed()) {
    if (row.enrolledWith === null) continue;
    const listed = machines.get(row.enrolledWith) ?? [];
    if (listed.length < machinesListed) machines.set(row.enrolledWith, [...listed, row]);
  }
  const rows = await hub.access.tokens("enroll");
  return rows.map((row) => present(hub, row, machines.get(row.tokenId) ?? [], now)).toReversed();
}

/** Nothing happens, and nothing is told, if there is none of this id. Machines that came with it stay. */
export async function revokeEnrollmentToken(hub: Hub, id: string, actor: string): Promise<void> {
  const tokenId = readPublicId("t", id);
  if (tokenId === null) throw new ProblemError("not-found", `there is no token ${id}`);
  if (await hub.access.revoke(tokenId, "enroll"))
    await hub.access.audit(actor, "enrollment-token.revoke", id);
}

function present(hub: Hub, row: TokenRow, machines: readonly MachineRow[], now: number): EnrollmentToken {
  const expiresAt = row.expiresAt ?? now;
  const usesLeft = row.usesLeft ?? 0;
  return {
    id: publicId("t", row.tokenId),
    name: row.name,
    state: expiresAt <= now ? "expired" : usesLeft === 0 ? "used-up" : "valid",
    ...(row.uses === null ? {} : { uses: row.uses }),
    usesLeft,
    ...(row.machineId === null
      ? {}
      : { machine: { id: publicId("m", row.machineId), name: hub.fleet.name(row.machineId) } }),
    ...(row.madeBy === null ? {} : { createdBy: row.madeBy }),
    createdAt: formatInstant(row.createdAt),
    expiresAt: formatInstant(expiresAt),
    ...(row.lastUsedAt === null ? {} : { lastUsedAt: formatInstant(row.lastUsedAt) }),
    machines: machines.map(({ machineId, name }) => ({ id: publicId("m", machineId), name })),
  };
}
