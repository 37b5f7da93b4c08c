/** Bodies of Fastify requests: read by body.ts, their bytes given back when the response is out or the sender gone. */
import type { IncomingMessage } from "node:http";
import { ProblemError } from "@culprit/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { senderOf } from "../auth/sender.ts";
import type { Hub } from "../context.ts";
import { readBody, type BodyLease } from "./body.ts";
import { readJson } from "./lines.ts";

declare module "fastify" {
  interface FastifyRequest {
    bodyLease: BodyLease | null;
  }
}

/** JSON for all routes; a scope that takes another type adds its own parser over `decodedBody`. */
export function readBodies(app: FastifyInstance, hub: Hub): void {
  app.decorateRequest("bodyLease", null);
  // Not `onResponse`: a sender that leaves before its body has come gets no response.
  app.addHook("onRequest", async (request, reply) => {
    reply.raw.once("close", () => request.bodyLease?.release());
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    const bytes = await decodedBody(hub, request, payload);
    if (bytes.length === 0) return undefined;
    const read = readJson(bytes);
    if ("error" in read) throw new ProblemError("invalid-request", `the body is ${read.error}`);
    return read.value;
  });
}

/** What a body takes of the memory for them: strangers have a part of their own. */
export function leaseOf(hub: Hub, { caller, ip }: FastifyRequest): BodyLease {
  return caller ? hub.bodies.lease(`t_${caller.token.tokenId}`) : hub.strangersBodies.lease(senderOf(ip));
}

export async function decodedBody(
  hub: Hub,
  request: FastifyRequest,
  payload: IncomingMessage,
  { allowCut = false } = {},
): Promise<Buffer> {
  const { caller, routeOptions } = request;
  request.bodyLease ??= leaseOf(hub, request);
  const body = await readBody(payload, request.headers, {
    limit: routeOptions.bodyLimit,
    lease: request.bodyLease,
    allowCut,
  });
  if (caller && routeOptions.config.policy === "recording") hub.recordings.charge(caller, body.length);
  return body;
}
