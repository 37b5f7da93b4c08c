import type { IncomingMessage } from "node:http";
import { clockHeader, identityHeader, intakeAnswer, intakeMarks, ProblemError } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { machineOn } from "../auth/caller.ts";
import type { Hub } from "../context.ts";
import { decodedBody } from "../ingest/request-body.ts";
import type { Routes } from "./policy.ts";

/** Throws a problem of code duplicate-identity if it is not the agent that is known to have this machine's token. */
export function identifyAgent(hub: Hub, request: FastifyRequest): void {
  const told = request.headers[identityHeader];
  hub.faults.identify(machineOn(request), typeof told === "string" ? told : undefined, request.ip);
}

export const intake: Routes = async (app, { hub }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-ndjson", (request: FastifyRequest, payload: IncomingMessage) =>
    decodedBody(hub, request, payload, { allowCut: true }),
  );

  app.post(
    "/intake",
    {
      // Before the body is read.
      onRequest: async (request) => {
        identifyAgent(hub, request);
        hub.uploads.take(machineOn(request));
        await hub.uploadRounds.begin();
      },
      bodyLimit: hub.settings.limits.bodyBytes,
      config: { policy: "machine" },
      schema: {
        summary: "Batches of an agent, one a line (application/x-ndjson, gzip)",
        tags: ["agents"],
        response: { 200: intakeAnswer },
      },
    },
    (request) => {
      if (!Buffer.isBuffer(request.body))
        throw new ProblemError("unsupported-media-type", "send application/x-ndjson");
      hub.health.heardFrom(machineOn(request), request.ip);
      hub.uploads.charge(machineOn(request), request.body.length);
      const clock = Number(request.headers[clockHeader]);
      return hub.intake.upload(machineOn(request), request.body, Number.isSafeInteger(clock) ? clock : null);
    },
  );

  app.get(
    "/intake",
    {
      config: { policy: "machine" },
      schema: {
        summary: "How far the hub has each stream of this machine",
        tags: ["agents"],
        response: { 200: intakeMarks },
      },
    },
    (request) => {
      identifyAgent(hub, request);
      return hub.intake.marks(machineOn(request));
    },
  );
};
