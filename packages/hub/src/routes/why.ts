import { why as explanation } from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { explain } from "../answers/why.ts";
import { findExecution } from "../executions/find.ts";
import { callerGone } from "../turns.ts";
import type { Routes } from "./policy.ts";

export const why: Routes = async (app, { hub }) => {
  app.get(
    "/executions/:id/why",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "The explanation of one run, also while it runs",
        description:
          "`text` is in the language of Accept-Language: English, Brazilian Portuguese or Spanish.",
        tags: ["executions"],
        params: z.object({ id: z.string().max(200) }),
        querystring: z.strictObject({ machine: z.string().max(200).optional() }),
        response: { 200: explanation },
      },
    },
    async (request, reply) => {
      const run = await findExecution(hub, request.params.id, request.query.machine);
      const locale = languageOf(request, reply);
      return hub.dear.why.run(() => explain(hub, run, locale), callerGone(reply));
    },
  );
};
