/**
 * What tells one agent from another that has the same token: sent with each hello and each upload. Ids of the computer leave
 * it as keyed hashes; what can't be read there is `-`.
 */
import { z } from "zod";

/** Header of uploads. The same text is in the hello of the channel. */
export const identityHeader = "culprit-identity";

const hash = "(?:[0-9a-f]{32}|-)";
const form = new RegExp(`^([0-9a-f]{32})\\.(${hash})\\.(${hash})\\.([0-9A-Za-z_-]{1,60})$`);

export const agentIdentityText = z.string().max(200).regex(form);

export type AgentIdentity = {
  /** Random, made at each start of the agent: one that was replaced by another never comes back. */
  instance: string;
  machineId: string | null;
  productUuid: string | null;
  /** Empty where it is not known. */
  bootId: string;
};

/** Null if it has not the form. */
export function readAgentIdentity(text: string): AgentIdentity | null {
  const [, instance, machineId, productUuid, bootId] = form.exec(text) ?? [];
  if (!instance || !machineId || !productUuid || !bootId) return null;
  const known = (part: string) => (part === "-" ? null : part);
  return {
    instance,
    machineId: known(machineId),
    productUuid: known(productUuid),
    bootId: known(bootId) ?? "",
  };
}

export function writeAgentIdentity({ instance, machineId, productUuid, bootId }: AgentIdentity): string {
  const boot = bootId.replaceAll(/[^0-9A-Za-z_-]/g, "").slice(0, 60);
  return `${instance}.${machineId ?? "-"}.${productUuid ?? "-"}.${boot || "-"}`;
}
