import { scheduleAdvice, whatIf, whatIfInput, windowQuery } from "@culprit/protocol";
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
          "What to move in the schedule, what that would gain, what moves that were made have gained, and what starts together",
        description:
          "The usual window, by default 30 days, is answered from the latest fit; another is fitted when it is first asked for. " +
          "`text` is in the language of Accept-Language.",
        tags: ["schedule"],
        querystring: z.strictObject({ process: reference, machine: reference, ...windowQuery }),
        response: { 200: scheduleAdvice },
      },
    },
    (request, reply) => adviseSchedule(hub, request.query, languageOf(request, reply), callerGone(reply)),
  );

  app.post(
    "/schedule/what-if",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "What moves would gain or cost, each victim by itself; nothing is changed",
        description:
          "From the latest fit, or from one of the window that is asked for, which is made for this. `text` is in the " +
          "language of Accept-Language.",
        tags: ["schedule"],
        body: whatIfInput,
        response: { 200: whatIf },
      },
    },
    (request, reply) => {
      const locale = languageOf(request, reply);
      const gone = callerGone(reply);
      return hub.dear.whatIf.run(() => predictMoves(hub, request.body, locale, gone), gone);
    },
  );
};
