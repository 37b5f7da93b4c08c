/**
 * Whose check-in a request is. A key is a token of the hub that may record, or the secret of one check-in. What is not
 * known and what is not there look the same, and guesses are counted by address.
 */
import { name as nameSchema, ProblemError } from "@culprit/protocol";
import { identify } from "../auth/caller.ts";
import { hashSecret } from "../auth/secrets.ts";
import { senderOf } from "../auth/sender.ts";
import type { Hub } from "../context.ts";
import type { CheckinRow } from "../store/store.ts";
import { hashCheckinSecret } from "./secrets.ts";
import type { CheckIn } from "./signal.ts";

/** What a key is good for: the check-ins of one machine, of all (a person's), or one. */
export type Holder =
  | { kind: "machine"; machineId: number }
  | { kind: "person" }
  | { kind: "checkin"; checkin: CheckinRow };

export async function holderOf(hub: Hub, key: string, address: string): Promise<Holder> {
  const holder =
    hashSecret(key) === null ? await ofSecret(hub, key, address) : await ofToken(hub, key, address);
  if (!holder) throw new ProblemError("not-found");
  return holder;
}

async function ofToken(hub: Hub, key: string, address: string): Promise<Holder | null> {
  const caller = await identify(hub, address, key);
  if (caller) hub.recordings.take(caller);
  if (caller?.role === "machine" && caller.machineId !== null)
    return { kind: "machine", machineId: caller.machineId };
  return caller?.role === "operator" || caller?.role === "admin" ? { kind: "person" } : null;
}

async function ofSecret(hub: Hub, key: string, address: string): Promise<Holder | null> {
  const hash = hashCheckinSecret(key);
  if (hash === null) return null;
  const sender = senderOf(address);
  if (!hub.checkIns.hasSeen(hash)) hub.badTokens.check(sender);
  const checkin = await hub.store.checkins.bySecret(hash);
  hub.checkIns.see(hash, checkin !== null);
  if (!checkin) hub.badTokens.count(sender);
  return checkin && { kind: "checkin", checkin };
}

export async function checkinOf(
  hub: Hub,
  holder: Holder,
  { slug, host, create }: Pick<CheckIn, "slug" | "host" | "create">,
): Promise<{ checkin: CheckinRow; created: boolean }> {
  if (holder.kind === "checkin") {
    if (slug !== null && slug !== holder.checkin.slug) throw new ProblemError("not-found");
    return { checkin: holder.checkin, created: false };
  }
  if (slug === null) throw new ProblemError("not-found");
  refuseNoName(slug, create);
  const machineId = holder.kind === "machine" ? holder.machineId : machineOf(hub, host);
  const [checkin, another] = await hub.store.checkins.bySlug(slug, machineId);
  if (another)
    throw new ProblemError("ambiguous", `several machines have a check-in ${slug}: use a machine's token`);
  if (checkin) return { checkin, created: false };
  if (!create) throw new ProblemError("not-found");
  if (machineId === undefined)
    throw new ProblemError(
      "invalid-request",
      "which machine is not known: use a machine's token, or tell the host",
    );
  return makeCheckin(hub, machineId, slug);
}

function machineOf(hub: Hub, host: string | null): number | undefined {
  if (!host) return undefined;
  const machine = hub.fleet.find(host);
  if (!machine) throw new ProblemError("invalid-request", `there is no machine named as the host ${host}`);
  return machine.machineId;
}

/** What can't be the name of any is not asked of the store, which has its own limits of what a text is. */
function refuseNoName(slug: string, create: boolean): void {
  const named = nameSchema.max(100, "longer than 100 characters").safeParse(slug);
  if (named.success) return;
  if (!create) throw new ProblemError("not-found");
  throw new ProblemError("invalid-request", `the name is ${named.error.issues[0]?.message}`);
}

async function makeCheckin(
  hub: Hub,
  machineId: number,
  slug: string,
): Promise<{ checkin: CheckinRow; created: boolean }> {
  const { perMachine } = hub.settings.checkins;
  const wish = { machineId, slug, process: slug, secretHash: null, createdAt: hub.clock.now() };
  const made = await hub.store.checkins.add(wish, perMachine);
  if (typeof made !== "string") return { checkin: made, created: true };
  const [checkin] = await hub.store.checkins.bySlug(slug, machineId);
  if (!checkin)
    throw new ProblemError("limit-exceeded", `this machine has ${perMachine} check-ins already`, {
      limit: perMachine,
    });
  return { checkin, created: false };
}
