import { differences as different, windowQuery } from "@culprit/protocol";
import { z } from "zod";
import { findDifferences } from "../answers/differences/differences.ts";
import { languageOf } from "../answers/language.ts";
import { several } from "../several.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

export const differences: Routes = async (app, { hub }) => {
  app.get(
    "/differences",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "What was different in a window against the same hours before it; by default the last hour",
        description:
          "Of all series and processes those that differ by more than chance, the most unusual first. `text` is in the " +
          "language of Accept-Language.",
        tags: ["differences"],
        querystring: z.strictObject({
          machine: several(z.string().max(200)).meta({ description: "names or ids" }),
          ...windowQuery,
        }),
        response: { 200: different },
      },
    },
    (request, reply) => {
      const locale = languageOf(request, reply);
      return hub.dear.differences.run(() => findDifferences(hub, request.query, locale), callerGone(reply));
    },
  );
};
