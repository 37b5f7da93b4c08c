import { expectation, expectationChange, expectationInput, expectedStarts, list } from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { processFilter } from "../answers/run-filter.ts";
import { several } from "../several.ts";
import { changeExpectation, removeExpectation, setExpectation } from "../supervision/change.ts";
import { expectedStartsIn, instantsQuery } from "../supervision/instants.ts";
import { listExpectations } from "../supervision/list.ts";
import { presentExpectations } from "../supervision/present.ts";
import type { Routes } from "./policy.ts";

const params = z.object({ id: z.string().max(200) });

export const expectations: Routes = async (app, { hub }) => {
  app.get(
    "/expectations",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "When processes are expected to run, and how long",
        tags: ["supervision"],
        querystring: z.strictObject({
          machine: several(z.string().max(200)).meta({ description: "names or ids" }),
          ...processFilter,
        }),
        response: { 200: list(expectation) },
      },
    },
    async (request) => ({ items: await listExpectations(hub, request.query) }),
  );

  app.get(
    "/expectations/instants",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "The expected starts of a window, each with what became of it",
        description:
          "At most 5,000 starts of a window of at most 92 days, which may reach into the future: of processes with very many " +
          "those nearest to now.",
        tags: ["supervision"],
        querystring: instantsQuery,
        response: { 200: expectedStarts },
      },
    },
    (request) => expectedStartsIn(hub, request.query),
  );

  app.put(
    "/expectations",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Set what is expected of a process on a machine",
        tags: ["supervision"],
        body: expectationInput,
        response: { 200: expectation },
      },
    },
    async (request) => {
      const row = await setExpectation(hub, request.body, callerOn(request).name);
      return (await presentExpectations(hub, [row]))[0]!;
    },
  );

  app.patch(
    "/expectations/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Change an expectation; a learnt one, or a client's, becomes one that was set",
        tags: ["supervision"],
        params,
        body: expectationChange,
        response: { 200: expectation },
      },
    },
    async (request) => {
      const row = await changeExpectation(hub, request.params.id, request.body, callerOn(request).name);
      return (await presentExpectations(hub, [row]))[0]!;
    },
  );

  app.delete(
    "/expectations/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Remove an expectation; one that is weaker, or learnt anew, may take its place",
        tags: ["supervision"],
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await removeExpectation(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );
};
