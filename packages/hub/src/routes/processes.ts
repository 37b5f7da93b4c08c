import { list, processDetail, processSummary, timeZone } from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { describeOneProcess, listProcesses } from "../answers/processes.ts";
import { processFilter, readRunFilter, runQuery } from "../answers/run-filter.ts";
import type { Routes } from "./policy.ts";

const month = 30 * 86_400;

export const processes: Routes = async (app, { hub }) => {
  app.get(
    "/processes",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Processes with statistics over a window, by default 30 days",
        tags: ["processes"],
        querystring: z.strictObject({ ...runQuery, ...processFilter }),
        response: { 200: list(processSummary) },
      },
    },
    async (request) => ({ items: await listProcesses(hub, await readRunFilter(hub, request.query, month)) }),
  );

  app.get(
    "/processes/:id",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "One process: as a whole, by step and by machine, over a window, by default 30 days",
        description: "`text` is in the language of Accept-Language; hours of the week are those of `zone`.",
        tags: ["processes"],
        params: z.object({ id: z.string().max(200).meta({ description: "id or name" }) }),
        querystring: z.strictObject({ ...runQuery, zone: timeZone.default("UTC") }),
        response: { 200: processDetail },
      },
    },
    async (request, reply) => {
      const process = await hub.catalogue.process(request.params.id);
      const locale = languageOf(request, reply);
      const { zone, ...query } = request.query;
      return describeOneProcess(hub, process, await readRunFilter(hub, query, month), { locale, zone });
    },
  );
};
