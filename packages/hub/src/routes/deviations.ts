import { deviatingExecution, list, pageQuery } from "@culprit/protocol";
import { z } from "zod";
import { listDeviations } from "../answers/deviations.ts";
import { processFilter, readRunFilter, runQuery } from "../answers/run-filter.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

const day = 86_400;

export const deviations: Routes = async (app, { hub }) => {
  app.get(
    "/deviations",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Runs that deviate from their normal, newest first, by default of the last 24 hours",
        tags: ["processes"],
        querystring: z.strictObject({
          ...runQuery,
          ...processFilter,
          direction: z.enum(["slow", "fast"]).optional(),
          verdicts: z.stringbool().optional().meta({
            description:
              "true: slow runs of the newest two days, at most 100, also tell their verdict and who is blamed",
          }),
          ...pageQuery,
        }),
        response: { 200: list(deviatingExecution) },
      },
    },
    async (request, reply) => {
      const filter = await readRunFilter(hub, request.query, day);
      const listed = () => listDeviations(hub, filter, request.query);
      return request.query.verdicts ? hub.dear.verdicts.run(listed, callerGone(reply)) : listed();
    },
  );
};
