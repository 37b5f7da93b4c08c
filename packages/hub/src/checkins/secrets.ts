/** A check-in's own secret: a UUID, or a token that scripts already use. The hub keeps its SHA-256 alone. */
import { createHash } from "node:crypto";

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Null if the text can't be one. A UUID is the same with and without hyphens, in capitals and not. */
export function hashCheckinSecret(text: string): string | null {
  if (!/^[A-Za-z0-9_-]{10,100}$/.test(text)) return null;
  return createHash("sha256")
    .update(`checkin ${plainForm(text)}`)
    .digest("hex");
}

/** Sentry's clients take letters, digits and underscores only. */
export const plainForm = (text: string): string =>
  uuid.test(text) ? text.replaceAll("-", "").toLowerCase() : text;

export const isUuid = (text: string): boolean => uuid.test(text) && text.includes("-");
