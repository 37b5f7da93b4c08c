/**
 * Replaces the machine's token when an operator has ordered it: makes a new one, keeps it, tells the hub its hash with the old
 * one, confirms it with itself. Whichever step it dies at, one of the two that are kept works (`machine-token.ts` finds out).
 */
import { createHash } from "node:crypto";
import {
  makeMachineToken,
  rotateRequest,
  rotationOrder,
  type HubClient,
  type rotationAnswer,
} from "@culprit/protocol";
import { said } from "@culprit/probes";
import { z } from "zod";
import type { MachineIdentity } from "../channel/machine-identity.ts";
import { channelRequest, RefusedRequest, type ChannelRequests } from "../channel/requests.ts";
import type { Log } from "../log.ts";
import { confirmToken, type Confirmation, type ConfirmOptions } from "./confirm-token.ts";
import type { KeptToken } from "./kept-token.ts";
import type { TokenInUse } from "./token-in-use.ts";

export type RotationParts = ConfirmOptions & {
  inUse: TokenInUse;
  /** Null where the token is given by the settings, which are not the agent's to change. */
  kept: KeptToken | null;
  /** Calls with the token in use. */
  client: HubClient;
  identity: MachineIdentity;
  /** Called when the new one counts. */
  onRotated: () => void;
  signal: AbortSignal;
  log: Log;
};

export class TokenRotation {
  readonly #parts: RotationParts;
  #busy = false;

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  get requests(): ChannelRequests {
    return {
      [rotateRequest]: channelRequest({
        schema: rotationOrder,
        acts: true,
        handle: ({ order }) => this.rotate(order),
      }),
    };
  }

  async rotate(order: string): Promise<z.infer<typeof rotationAnswer>> {
    const { kept } = this.#parts;
    if (!kept) throw new RefusedRequest("failed", said("token-in-settings", {}));
    if (this.#busy) throw new RefusedRequest("busy", said("token-busy", {}));
    this.#busy = true;
    try {
      await this.#replace(order, kept);
    } finally {
      this.#busy = false;
    }
    return { rotated: true };
  }

  async #replace(order: string, kept: KeptToken): Promise<void> {
    const { client, onRotated, log } = this.#parts;
    const left = await kept.next();
    // One that was not settled may be the only one that works.
    if (left !== null && (await this.#confirm(left, kept))) await this.#settle(left, kept);
    const next = makeMachineToken();
    await kept.keepNext(next);
    try {
      const hash = createHash("sha256").update(next).digest("hex");
      await client.post("/machine-token/next", z.undefined(), { order, hash });
    } catch (error) {
      // Should the hub have taken it all the same, it expires: nobody has it any more.
      await kept.dropNext();
      throw error;
    }
    if (!(await this.#confirm(next, kept))) throw notConfirmed("unknown-token");
    // Not before it counts: should this fail, the next start asks for it again.
    await this.#settle(next, kept).catch((error: unknown) =>
      log.error(`the new token counts, but can't take the place of the old one yet: ${String(error)}`),
    );
    log.info("this machine's token was replaced");
    onRotated();
  }

  /** True: it is in use, and the only one. False: the hub does not know it. */
  async #confirm(next: string, kept: KeptToken): Promise<boolean> {
    const { inUse, signal } = this.#parts;
    await inUse.replace(async () => {
      const confirmation = await confirmToken(next, this.#parts, signal);
      if (confirmation === "undecided") throw notConfirmed(confirmation);
      return confirmation === "confirmed" ? next : inUse.token;
    });
    if (inUse.token === next) return true;
    await kept.dropNext();
    return false;
  }

  async #settle(next: string, kept: KeptToken): Promise<void> {
    await this.#parts.identity.renew(next);
    await kept.promote();
  }
}

const notConfirmed = (detail: Confirmation) =>
  new RefusedRequest("failed", said("token-not-confirmed", { detail }));
