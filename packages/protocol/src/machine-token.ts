/**
 * A machine's token, and how it is replaced while its agent runs. The agent makes the new one and tells the hub its hash: no
 * secret goes to the agent, through the store or into an audit. It works for nothing until the agent confirms it, which
 * ends all others of the machine at once.
 */
import { z } from "zod";
import { instant } from "./instant.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Of base62, even: bytes past the last multiple of 62 are thrown away. */
export function randomText(characters: number): string {
  let text = "";
  while (text.length < characters)
    for (const byte of crypto.getRandomValues(new Uint8Array(characters * 2)))
      if (byte < 248 && text.length < characters) text += alphabet[byte % 62];
  return text;
}

/** 190 bits. */
export function makeMachineToken(): string {
  return `culprit_m_${randomText(32)}`;
}

/** The name of the channel's request, whose arguments are a `rotationOrder`. */
export const rotateRequest = "rotate-token";

/** Good for one replacement of that machine's token, beside its present one, for some minutes. */
const order = z.string().min(1).max(60);
export const rotationOrder = z.strictObject({ order });

/** Sent with the present token as bearer. `hash`: the new one's SHA-256. */
export const nextToken = z.strictObject({ order, hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** What the agent answers to the order. */
export const rotationAnswer = z.strictObject({ rotated: z.literal(true) });

export const tokenRotated = z
  .object({
    machine: z.string(),
    token: z.string().meta({ description: "the new token's id, never its secret" }),
    rotatedAt: instant,
  })
  .meta({ id: "TokenRotated" });
export type TokenRotated = z.infer<typeof tokenRotated>;

/** Calls that are under way are waited for. A caller waits a little longer. */
export const rotationSeconds = { hub: 60, caller: 75 } as const;
