import type { IncomingMessage } from "node:http";
import { ProblemError } from "@culprit/protocol";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { callerOn } from "../auth/caller.ts";
import { decodedBody } from "../ingest/request-body.ts";
import { encodeAnswer, encodeStatus, jsonType, protobufType } from "../traces/otlp-answer.ts";
import { readJsonRequest } from "../traces/otlp-json.ts";
import { readProtobuf } from "../traces/otlp-protobuf.ts";
import type { Routes } from "./policy.ts";
import { problemOf } from "./problems.ts";

/** OTLP/HTTP: answers, errors as well, are in the encoding of the request. */
export const traces: Routes = async (app, { hub }) => {
  const { bodyBytes, itemsPerRequest } = hub.settings.limits;
  app.addContentTypeParser(protobufType, (request: FastifyRequest, payload: IncomingMessage) =>
    decodedBody(hub, request, payload),
  );

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.title);
    if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", problem.retryAfterSeconds);
    return answer(reply.code(problem.status), typeOf(request), encodeStatus(typeOf(request), problem));
  });

  app.post(
    "/v1/traces",
    {
      bodyLimit: bodyBytes,
      config: { policy: "recording" },
      schema: {
        summary: "OpenTelemetry traces (OTLP/HTTP): spans become executions and steps",
        description:
          "An ExportTraceServiceRequest as application/x-protobuf or application/json, gzip or plain. A machine's " +
          "token records for that machine; with a person's token the resource attribute host.name names it.",
        tags: ["executions"],
        consumes: [protobufType, jsonType],
      },
    },
    async (request, reply) => {
      const type = typeOf(request);
      const read =
        type === jsonType
          ? readJsonRequest(request.body, itemsPerRequest)
          : readProtobuf(bytesOf(request.body), itemsPerRequest);
      const { refused, message } = await hub.traces.record(read, callerOn(request).machineId);
      return answer(reply, type, encodeAnswer(type, refused, message));
    },
  );
};

function typeOf({ headers }: FastifyRequest): string {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  return type === protobufType ? protobufType : jsonType;
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new ProblemError("unsupported-media-type", `send ${protobufType} or ${jsonType}`);
}

function answer(reply: FastifyReply, type: string, body: Buffer): FastifyReply {
  return reply.type(type).header("cache-control", "no-store").send(body);
}
