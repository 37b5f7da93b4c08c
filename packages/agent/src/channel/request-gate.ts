/**
 * Judges what the hub asks for before anything is done: the hub may have been tampered with. A request must come after the
 * welcome, be meant for this machine, still be valid, not have been seen, carry a name of the list, and arguments that the
 * name knows. What it may do to the machine is decided further on, by the machine's own file.
 */
import type { ChannelRequestMessage, Micros, RequestRefusal } from "@culprit/protocol";
import { said } from "@culprit/probes";
import type { Clock } from "../clock.ts";
import type { AuditLog } from "../control/audit-log.ts";
import type { MachineIdentity } from "./machine-identity.ts";
import { RefusedRequest, refusalOf, type ChannelRequests, type Handled } from "./requests.ts";
import { validAtMost, type SeenRequests } from "./seen-requests.ts";

const atOnce = 8;
const perMinute = 120;
const minuteMicros: Micros = 60_000_000;

export type RequestGateParts = {
  requests: ChannelRequests;
  identity: MachineIdentity;
  seen: SeenRequests;
  audit: AuditLog;
  clock: Clock;
};

/** `result` is never undefined, which JSON would leave out. */
export type RequestAnswer = { ok: true; result: unknown } | { ok: false; result: RequestRefusal };

export class RequestGate {
  readonly #parts: RequestGateParts;
  #running = 0;
  #minute = 0;
  #inMinute = 0;

  constructor(parts: RequestGateParts) {
    this.#parts = parts;
  }

  /** Nothing that was asked for is being done. */
  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** `welcomed`: the hub has said on this connection who it takes this machine for, and it is so. */
  async answer(message: ChannelRequestMessage, welcomed: boolean): Promise<RequestAnswer> {
    const { audit } = this.#parts;
    const { id, name, by } = message;
    const entry = { id, request: name, by: by ?? "", arguments: message.arguments ?? null };
    try {
      const { acts, perform } = this.#judge(message, welcomed);
      this.#running++;
      try {
        if (!acts) return { ok: true, result: (await perform()).result ?? null };
        // Nothing is done whose repetition, or trace, could be lost.
        await this.#parts.seen.keep(id, message.expiresAt);
        await audit.write({ ...entry, outcome: "begun", detail: "" });
        const { result, failed, detail } = await perform();
        await audit.write({ ...entry, outcome: failed ? "failed" : "done", detail });
        return { ok: true, result: result ?? null };
      } finally {
        this.#running--;
      }
    } catch (error) {
      const refusal = refusalOf(error);
      const { code, detail } = refusal;
      const outcome = code === "failed" ? "failed" : "refused";
      await audit.write({ ...entry, outcome, detail: `${code}: ${detail}` }).catch(() => undefined);
      return { ok: false, result: refusal };
    }
  }

  /** What came over the channel is not even a request; the connection is closed for it. */
  refuseNonsense(detail: string): void {
    const entry = { id: "", request: "", by: "", arguments: null, outcome: "refused", detail } as const;
    this.#parts.audit.write(entry).catch(() => undefined);
  }

  #judge(
    message: ChannelRequestMessage,
    welcomed: boolean,
  ): { acts: boolean; perform: () => Promise<Handled> } {
    const { requests, identity, seen, clock } = this.#parts;
    const { id, name, machine, expiresAt } = message;
    const now = clock.now();
    if (!welcomed) throw new RefusedRequest("not-welcomed", said("not-welcomed", {}));
    if (machine !== identity.machine) throw new RefusedRequest("other-machine", said("other-machine", {}));
    if (expiresAt <= now) throw new RefusedRequest("expired", said("came-too-late", {}));
    if (expiresAt > now + validAtMost) throw new RefusedRequest("expired", said("valid-too-long", {}));
    const minute = Math.floor(now / minuteMicros);
    if (minute !== this.#minute) [this.#minute, this.#inMinute] = [minute, 0];
    if (++this.#inMinute > perMinute || this.#running >= atOnce)
      throw new RefusedRequest("busy", said("too-many-requests", {}));
    if (!seen.add(id, expiresAt)) throw new RefusedRequest("replayed", said("made-before", {}));
    const request = Object.hasOwn(requests, name) ? requests[name] : undefined;
    if (!request) throw new RefusedRequest("unknown-request", said("request-unknown", {}));
    const perform = request.prepare(message.arguments);
    if (!perform) throw new RefusedRequest("bad-arguments", said("arguments-unknown", {}));
    return { acts: request.acts, perform };
  }
}
