import { scheduleAdvice, whatIf, whatIfInput } from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { adviseSchedule } from "../answers/schedule/advice.ts";
import { predictMoves } from "../answers/schedule/what-if.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

const reference = z.string().max(200).optional().meta({ description: "name or id" });

export const schedule: Routes = async (app, { hub }) => {
  app.get(
    "/schedule/advice",
    {
      config: { policy: "viewer" },
      schema: {
        summary:
          "What to move in the schedule, what that would gain, and what moves that were made have gained",
        description: "From the latest fit. `text` is in the language of Accept-Language.",
        tags: ["schedule"],
        querystring: z.strictObject({ process: reference, machine: reference }),
        response: { 200: scheduleAdvice },
      },
    },
    (request, reply) => adviseSchedule(hub, request.query, languageOf(request, reply)),
  );

  app.post(
    "/schedule/what-if",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "What moves would gain or cost, each victim by itself; nothing is changed",
        description: "From the latest fit. `text` is in the language of Accept-Language.",
        tags: ["schedule"],
        body: whatIfInput,
        response: { 200: whatIf },
      },
    },
    (request, reply) => {
      const locale = languageOf(request, reply);
      return hub.dear.whatIf.run(() => predictMoves(hub, request.body.moves, locale), callerGone(reply));
    },
  );
};
