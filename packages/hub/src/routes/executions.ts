import type { IncomingMessage } from "node:http";
import { execution, executionDensity, executionInput, executionsAccepted, list } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { densityOf, densityQuery } from "../executions/density.ts";
import { findExecution } from "../executions/find.ts";
import { executionsQuery, listExecutions } from "../executions/list.ts";
import { presentExecution } from "../executions/present.ts";
import { itemsOf, NdjsonBody } from "../ingest/items.ts";
import { decodedBody } from "../ingest/request-body.ts";
import type { Routes } from "./policy.ts";

export const executions: Routes = async (app, { hub }) => {
  app.addContentTypeParser(
    "application/x-ndjson",
    async (request: FastifyRequest, payload: IncomingMessage) =>
      new NdjsonBody(await decodedBody(hub, request, payload)),
  );

  app.post(
    "/executions",
    {
      bodyLimit: hub.settings.limits.bodyBytes,
      config: { policy: "recording" },
      schema: {
        summary: "Record executions: one object, an array, or NDJSON; all are stored or none",
        description:
          "A machine's token records for that machine alone and may leave `machine` out; naming another answers " +
          "`forbidden`. A person's token must name the machine. The same id on the same machine counts once.",
        tags: ["executions"],
        body: z.union([executionInput, z.array(executionInput)]),
        response: { 200: executionsAccepted },
      },
      // Items are checked one by one, so that the answer names each that is bad.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    (request) =>
      hub.direct.record(
        itemsOf(request.body, hub.settings.limits.itemsPerRequest),
        callerOn(request).machineId,
      ),
  );

  app.get(
    "/executions",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Executions, newest first",
        tags: ["executions"],
        querystring: executionsQuery,
        response: { 200: list(execution) },
      },
    },
    (request) => listExecutions(hub, request.query),
  );

  app.get(
    "/executions/density",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "How many executions each process on each machine has in the parts of a window",
        tags: ["executions"],
        querystring: densityQuery,
        response: { 200: executionDensity },
      },
    },
    (request) => densityOf(hub, request.query),
  );

  app.get(
    "/executions/:id",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "One execution",
        tags: ["executions"],
        params: z.object({ id: z.string().max(200) }),
        querystring: z.strictObject({ machine: z.string().max(200).optional() }),
        response: { 200: execution },
      },
    },
    async (request) => {
      const row = await findExecution(hub, request.params.id, request.query.machine);
      return presentExecution(hub, row);
    },
  );
};
