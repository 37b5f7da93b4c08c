/** Clients of other monitors, in each vendor's own words: addresses, status codes, texts. */
import type { IncomingMessage } from "node:http";
import { checkinVendors, type CheckinVendor } from "@culprit/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { receive } from "../checkins/receive.ts";
import { leadingBytes } from "../checkins/request-body.ts";
import type { VendorAnswer, VendorRequest } from "../checkins/signal.ts";
import { vendors } from "../checkins/vendors.ts";
import type { Hub } from "../context.ts";
import { decodedBody } from "../ingest/request-body.ts";
import type { Routes } from "./policy.ts";
import { problemOf } from "./problems.ts";

/** Envelopes carry what else an SDK has to say. */
const wholeBodyBytes = 1024 * 1024;

export const checkinClients: Routes = async (app, { hub }) => {
  if (!hub.settings.checkins.enabled) return;
  for (const vendor of checkinVendors) await app.register(async (scope) => serve(scope, hub, vendor));
};

function serve(app: FastifyInstance, hub: Hub, name: CheckinVendor): void {
  const vendor = vendors[name];
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    vendor.wholeBodies ? decodedBody(hub, request, payload) : leadingBytes(hub, request, payload),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.title);
    if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", problem.retryAfterSeconds);
    return send(reply, vendor.refused(problem));
  });
  const url = `/checkin/${name}/*`;
  const schema = { hide: true };
  app.route({
    method: ["GET", "HEAD", "POST"],
    url,
    bodyLimit: wholeBodyBytes,
    config: { policy: "keyInPath" },
    schema,
    async handler(request, reply) {
      const reading = vendor.read(requestOf(request));
      return send(reply, vendor.accepted(reading, await receive(hub, name, reading, request.ip)));
    },
  });
  app.route({
    method: ["PUT", "PATCH", "DELETE", "OPTIONS"],
    url,
    config: { policy: "anyone" },
    schema,
    handler: (_request, reply) =>
      send(reply.header("allow", "GET, HEAD, POST"), {
        status: 405,
        type: "text/plain; charset=utf-8",
        body: "use GET, HEAD or POST",
      }),
  });
}

function requestOf(request: FastifyRequest): VendorRequest {
  const { "*": rest = "" } = request.params as { "*"?: string };
  const question = request.url.indexOf("?");
  return {
    method: request.method,
    path: rest.replace(/\/$/, "").split("/"),
    query: new URLSearchParams(question < 0 ? "" : request.url.slice(question)),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

function send(reply: FastifyReply, { status, type, body, headers = {} }: VendorAnswer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .header("cache-control", "max-age=0, no-cache, no-store, must-revalidate, private")
    .type(type)
    .send(body);
}
