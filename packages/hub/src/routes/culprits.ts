import { culprits as ranking, windowQuery } from "@culprit/protocol";
import { z } from "zod";
import { listCulprits } from "../answers/attribution/culprits.ts";
import { languageOf } from "../answers/language.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

const reference = z.string().max(200).optional();

export const culprits: Routes = async (app, { hub }) => {
  app.get(
    "/culprits",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Who makes others slow, by caused seconds, by default over the last 30 days",
        description:
          "The usual window is answered from the latest fit, of the time that `fittedAt` says; another is fitted when it " +
          "is first asked for. `text` is in the language of Accept-Language.",
        tags: ["culprits"],
        querystring: z.strictObject({
          process: reference.meta({ description: "name or id of a culprit" }),
          victim: reference.meta({ description: "name or id of a process that is slowed down" }),
          machine: reference.meta({ description: "name or id of the machine on which the victims run" }),
          ...windowQuery,
        }),
        response: { 200: ranking },
      },
    },
    async (request, reply) => {
      const locale = languageOf(request, reply);
      const { answer, json } = await listCulprits(hub, request.query, locale, callerGone(reply));
      reply.serializer(json);
      return answer;
    },
  );
};
