/** Check-ins as people make, see and remove them. */
import { randomUUID } from "node:crypto";
import {
  formatInstant,
  ProblemError,
  type Checkin,
  type CheckinCreated,
  type CheckinInput,
  type CheckinSignal,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { CheckinRow } from "../store/store.ts";
import { addressesOf } from "./addresses.ts";
import { hashCheckinSecret } from "./secrets.ts";

export async function listCheckins(hub: Hub): Promise<Checkin[]> {
  return (await hub.store.checkins.list()).map((row) => present(hub, row));
}

/** `base`: as clients reach this hub, without a slash at the end. */
export async function createCheckin(
  hub: Hub,
  { machine, process, slug = slugOf(process), token = randomUUID() }: CheckinInput,
  base: string,
  actor: string,
): Promise<CheckinCreated> {
  const { machineId, name } = hub.fleet.machine(machine);
  const { perMachine } = hub.settings.checkins;
  const wish = { machineId, slug, process, secretHash: hashCheckinSecret(token), createdAt: hub.clock.now() };
  const row = await hub.store.checkins.add(wish, perMachine);
  if (row === "slug-taken") throw new ProblemError("conflict", `${name} has a check-in ${slug} already`);
  if (row === "secret-taken") throw new ProblemError("conflict", "another check-in has this token already");
  if (row === "too-many")
    throw new ProblemError("limit-exceeded", `${name} has ${perMachine} check-ins already`, {
      limit: perMachine,
    });
  await hub.access.audit(actor, "checkin.create", publicId("k", row.checkinId), `${name}, ${process}`);
  return { checkin: present(hub, row), token, addresses: addressesOf(base, slug, token) };
}

export async function removeCheckin(hub: Hub, id: string, actor: string): Promise<void> {
  const checkinId = readPublicId("k", id);
  const row = (await hub.store.checkins.list()).find((each) => each.checkinId === checkinId);
  if (!row || !(await hub.store.checkins.remove(row.checkinId)))
    throw new ProblemError("not-found", `there is no check-in ${id}`);
  const processId = await hub.catalogue.processes.find(row.process);
  if (row.schedule !== null && processId !== null)
    await hub.supervision.forget({ processId, machineId: row.machineId, source: "check-in" });
  await hub.access.audit(actor, "checkin.remove", id);
}

function slugOf(process: string): string {
  const slug = process
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100);
  return slug || "job";
}

function present(hub: Hub, row: CheckinRow): Checkin {
  const news = hub.checkIns.news(row.checkinId);
  const lastAt = news?.at ?? row.lastAt;
  const lastSignal = (news?.signal ?? row.lastSignal) as CheckinSignal | null;
  const message = news?.message ?? row.message;
  return {
    id: publicId("k", row.checkinId),
    machine: hub.fleet.name(row.machineId),
    machineId: publicId("m", row.machineId),
    process: row.process,
    slug: row.slug,
    ownToken: row.secretHash !== null,
    createdAt: formatInstant(row.createdAt),
    ...(lastAt === null ? {} : { lastAt: formatInstant(lastAt) }),
    ...(lastSignal === null ? {} : { lastSignal }),
    ...(message === null ? {} : { message }),
    ...(row.schedule === null ? {} : { schedule: row.schedule }),
  };
}
