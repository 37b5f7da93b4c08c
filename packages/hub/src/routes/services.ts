import { allowed, serviceName, serviceOutcome, serviceVerbs } from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { callerOn } from "../auth/caller.ts";
import { allowedOn, orderService } from "../control/services.ts";
import type { Routes } from "./policy.ts";

const machine = { id: z.string().max(200).meta({ description: "id or name of the machine" }) };

export const services: Routes = async (app, { hub }) => {
  app.get(
    "/machines/:id/services",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "What the machine's own file lets the hub ask for, with the state of each service",
        tags: ["machines"],
        params: z.object(machine),
        response: { 200: allowed },
      },
    },
    (request, reply) => allowedOn(hub, request.params.id, languageOf(request, reply)),
  );

  app.post(
    "/machines/:id/services/:unit/:verb",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Start, stop or restart a service, where the machine's own file allows it",
        description:
          "Answers when the machine has done it, after up to 100 seconds. The problem `no-answer` means that it is not known " +
          "whether it did; `not-allowed-there` that its file does not list unit and verb.",
        tags: ["machines"],
        params: z.object({ ...machine, unit: serviceName, verb: z.enum(serviceVerbs) }),
        response: { 200: serviceOutcome },
      },
    },
    (request) => {
      const { id, unit, verb } = request.params;
      return orderService(hub, id, { unit, verb }, callerOn(request).name);
    },
  );
};
