/** Tokens: `culprit_`, a letter for the kind, `_`, 32 base62 characters (190 bits). The hub keeps their SHA-256 alone. */
import { createHash } from "node:crypto";
import { randomText } from "@culprit/protocol";
import type { TokenRow } from "../store/store.ts";

const letters: Record<TokenRow["kind"], string> = {
  machine: "m",
  user: "u",
  session: "s",
  once: "o",
  enroll: "e",
  rotation: "r",
  next: "m",
};

export function makeSecret(kind: TokenRow["kind"]): string {
  return `culprit_${letters[kind]}_${randomText(32)}`;
}

/** The hash under which a pasted token is found, white space ignored; null if it can't be one. */
export function hashSecret(pasted: string): string | null {
  const secret = pasted.replace(/\s+/g, "");
  if (!/^culprit_[a-z]_[0-9A-Za-z]{32}$/.test(secret)) return null;
  return createHash("sha256").update(secret).digest("hex");
}
