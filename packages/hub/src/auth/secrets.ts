/** Tokens: `culprit_`, a letter for the kind, `_`, 32 base62 characters (190 bits). The hub keeps their SHA-256 alone. */
import { createHash, randomBytes } from "node:crypto";
import type { TokenRow } from "../store/store.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const letters: Record<TokenRow["kind"], string> = {
  machine: "m",
  user: "u",
  session: "s",
  once: "o",
  enroll: "e",
};

export function makeSecret(kind: TokenRow["kind"]): string {
  return `culprit_${letters[kind]}_${randomText(32)}`;
}

/** Even: bytes past the last multiple of 62 are thrown away. */
export function randomText(characters: number): string {
  let text = "";
  while (text.length < characters)
    for (const byte of randomBytes(characters * 2))
      if (byte < 248 && text.length < characters) text += alphabet[byte % 62];
  return text;
}

/** The hash under which a pasted token is found, white space ignored; null if it can't be one. */
export function hashSecret(pasted: string): string | null {
  const secret = pasted.replace(/\s+/g, "");
  if (!/^culprit_[a-z]_[0-9A-Za-z]{32}$/.test(secret)) return null;
  return createHash("sha256").update(secret).digest("hex");
}
