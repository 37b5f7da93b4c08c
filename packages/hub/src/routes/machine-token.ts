import { nextToken } from "@culprit/protocol";
import { z } from "zod";
import { callerOn, machineOn } from "../auth/caller.ts";
import { confirmNextToken, registerNextToken } from "../fleet/token-rotation.ts";
import { identifyAgent } from "./intake.ts";
import type { Routes } from "./policy.ts";

export const machineToken: Routes = async (app, { hub }) => {
  app.post(
    "/machine-token/next",
    {
      config: { policy: "machine" },
      schema: {
        summary:
          "The hash of a token that an agent has made, to take the place of the one that it calls with",
        description:
          "Only for an order that came over the machine's channel. The new token works for `/machine-token/confirm` alone, until it " +
          "is confirmed. Again does no harm.",
        tags: ["agents"],
        body: nextToken,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      identifyAgent(hub, request);
      await registerNextToken(hub, machineOn(request), request.body);
      return reply.code(204).send();
    },
  );

  app.post(
    "/machine-token/confirm",
    {
      config: { policy: "renewing" },
      schema: {
        summary: "With the new token as bearer: from now on it is the machine's only one. Again does no harm",
        tags: ["agents"],
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await confirmNextToken(hub, callerOn(request).token);
      return reply.code(204).send();
    },
  );
};
