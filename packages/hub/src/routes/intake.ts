import type { IncomingMessage } from "node:http";
import { clockHeader, identityHeader, intakeAnswer, intakeMarks, ProblemError } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { machineOn } from "../auth/caller.ts";
import { decodedBody } from "../ingest/request-body.ts";
import type { Routes } from "./policy.ts";

export const intake: Routes = async (app, { hub }) => {
  const identify = (request: FastifyRequest) => {
    const told = request.headers[identityHeader];
    hub.faults.identify(machineOn(request), typeof told === "string" ? told : undefined, request.ip);
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-ndjson", (request: FastifyRequest, payload: IncomingMessage) =>
    decodedBody(hub, request, payload, { allowCut: true }),
  );

  app.post(
    "/intake",
    {
      // Before the body is read.
      onRequest: async (request) => {
        identify(request);
        hub.uploads.take(machineOn(request));
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
      identify(request);
      return hub.intake.marks(machineOn(request));
    },
  );
};
