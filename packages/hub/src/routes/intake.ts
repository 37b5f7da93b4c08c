import type { IncomingMessage } from "node:http";
import { clockHeader, intakeAnswer, intakeMarks, ProblemError } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { machineOn } from "../auth/caller.ts";
import { decodedBody } from "../ingest/request-body.ts";
import type { Routes } from "./policy.ts";

export const intake: Routes = async (app, { hub }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-ndjson", (request: FastifyRequest, payload: IncomingMessage) =>
    decodedBody(hub, request, payload, { allowCut: true }),
  );

  app.post(
    "/intake",
    {
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
    (request) => hub.intake.marks(machineOn(request)),
  );
};
