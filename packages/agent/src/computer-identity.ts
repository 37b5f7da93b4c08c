/**
 * What the hub is told so that it can tell this agent from a copy with the same token. The computer's own ids are meant to
 * stay on it (machine-id(5)): they leave it as hashes that are keyed for this purpose.
 */
import { createHmac, randomBytes } from "node:crypto";
import { writeAgentIdentity } from "@culprit/protocol";
import { readBootId } from "./boot.ts";
import { readText } from "./read-text.ts";
import type { Roots } from "./roots.ts";

/** Made anew at each call: once for each start of the agent. */
export function computerIdentity(roots: Roots): string {
  return writeAgentIdentity({
    instance: randomBytes(16).toString("hex"),
    machineId: hashOf(`${roots.etc}/machine-id`),
    // Root alone may read it.
    productUuid: hashOf(`${roots.sys}/class/dmi/id/product_uuid`),
    bootId: readBootId(roots),
  });
}

/** Null of what can't be read or is no id: an image made to be copied holds `uninitialized`, some boards all zeros. */
function hashOf(path: string): string | null {
  const id = textOf(path).trim().toLowerCase().replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/.test(id) || /^(.)\1*$/.test(id)) return null;
  return createHmac("sha256", id).update("culprit computer identity").digest("hex").slice(0, 32);
}

function textOf(path: string): string {
  try {
    return readText(path);
  } catch {
    return "";
  }
}
