import type { IncomingMessage } from "node:http";
import { networkBenchmarkBytes, networkBenchmarkTaken, ProblemError } from "@culprit/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { machineOn } from "../auth/caller.ts";
import type { Routes } from "./policy.ts";

const most = networkBenchmarkBytes.request;

export const networkBenchmark: Routes = async (app, { hub }) => {
  app.removeAllContentTypeParsers();
  // Nothing of it is kept, so that it takes no memory.
  app.addContentTypeParser(
    "application/octet-stream",
    async (_request: FastifyRequest, payload: IncomingMessage): Promise<number> => {
      let bytes = 0;
      for await (const part of payload as AsyncIterable<Buffer>) {
        bytes += part.length;
        if (bytes > most) throw new ProblemError("too-large", `at most ${most} bytes`, { limit: most });
      }
      return bytes;
    },
  );
  const enter = async (request: FastifyRequest, reply: FastifyReply): Promise<void> =>
    hub.networkGate.enter(machineOn(request), reply);

  app.post(
    "/benchmarks/network",
    {
      bodyLimit: most,
      config: { policy: "machine" },
      preParsing: enter,
      schema: {
        summary: "Takes bytes from an agent and counts them (application/octet-stream)",
        tags: ["agents"],
        response: { 200: networkBenchmarkTaken },
      },
    },
    async (request) => {
      if (typeof request.body !== "number")
        throw new ProblemError("unsupported-media-type", "send application/octet-stream");
      return { bytes: request.body };
    },
  );

  app.get(
    "/benchmarks/network",
    {
      config: { policy: "machine" },
      preHandler: enter,
      schema: {
        summary: "Gives an agent as many characters as it asks for",
        tags: ["agents"],
        querystring: z.strictObject({ bytes: z.coerce.number().int().min(1).max(most) }),
      },
    },
    (request, reply) =>
      reply.type("application/json").send(JSON.stringify(hub.networkGate.text(request.query.bytes))),
  );
};
