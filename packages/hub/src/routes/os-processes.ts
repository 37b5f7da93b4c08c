import { instant, list, osProcess, parseInstant, ProblemError, windowQuery } from "@culprit/protocol";
import { z } from "zod";
import { processHistory, processTable } from "../metrics/os-processes.ts";
import { readWindow } from "../window.ts";
import type { Routes } from "./policy.ts";

export const osProcesses: Routes = async (app, { hub }) => {
  app.get(
    "/os-processes",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "The process table of a machine at an instant, or the history of one OS process",
        tags: ["metrics"],
        querystring: z.strictObject({
          machine: z.string().max(200).meta({ description: "name or id" }),
          at: instant.optional().meta({ description: "of the table; default now" }),
          uid: z
            .string()
            .max(16)
            .optional()
            .meta({ description: "history of this OS process in the window" }),
          ...windowQuery,
        }),
        response: { 200: list(osProcess) },
      },
    },
    async (request) => {
      const { machine, at, uid, from, to } = request.query;
      const { machineId } = hub.fleet.machine(machine);
      const now = hub.clock.now();
      if (uid !== undefined && at !== undefined)
        throw new ProblemError(
          "invalid-request",
          "a history has a window (from, to), a table an instant (at)",
        );
      const items =
        uid === undefined
          ? await processTable(hub, machineId, at === undefined ? now : (parseInstant(at) ?? now))
          : await processHistory(hub, machineId, uid, readWindow({ from, to }, now));
      return { items };
    },
  );
};
