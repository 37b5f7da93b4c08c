import {
  check,
  checkChange,
  checkIncident,
  checkInput,
  checkResult,
  list,
  windowQuery,
} from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import type { Locale } from "../answers/why-text.ts";
import { callerOn } from "../auth/caller.ts";
import { addBasicChecks, addCheck, changeCheck, checkOf, removeCheck, runCheck } from "../checks/change.ts";
import { incidentsOf, presentIncident } from "../checks/incidents.ts";
import { presentChecks, presentResult } from "../checks/present.ts";
import { several } from "../several.ts";
import type { CheckRow } from "../store/store.ts";
import { readWindow } from "../window.ts";
import type { Routes } from "./policy.ts";

const reference = z.string().max(200).meta({ description: "id or name" });
const params = z.object({ id: reference });
const tags = ["checks"];
const mostResults = 10_000;
const mostIncidents = 1000;

export const checks: Routes = async (app, { hub }) => {
  const one = async (row: CheckRow, locale: Locale) => (await presentChecks(hub, [row], locale))[0]!;

  app.get(
    "/checks",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "All checks with what is believed of them and their last results",
        tags,
        querystring: z.strictObject({ machine: several(reference) }),
        response: { 200: list(check) },
      },
    },
    async (request, reply) => {
      const { machine } = request.query;
      const ids = machine?.map((one) => hub.fleet.machine(one).machineId);
      const rows = hub.checks.all().filter(({ machineId }) => ids?.includes(machineId) ?? true);
      return { items: await presentChecks(hub, rows, languageOf(request, reply)) };
    },
  );

  app.get(
    "/checks/results",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Results of checks, newest first",
        tags,
        querystring: z.strictObject({
          check: several(reference).meta({ description: "ids or names; all if absent" }),
          ...windowQuery,
          size: z.coerce.number().int().min(1).max(mostResults).default(100),
        }),
        response: { 200: list(checkResult) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const rows = query.check?.map((one) => checkOf(hub, one)) ?? hub.checks.all();
      const window = readWindow(query, hub.clock.now() + 1);
      const ids = rows.map(({ checkId }) => checkId);
      const locale = languageOf(request, reply);
      const results = await hub.store.checks.results(ids, window, query.size);
      return { items: results.map((result) => presentResult(result, locale)) };
    },
  );

  app.get(
    "/checks/incidents",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Times in which checks were believed not to be ok, newest first",
        tags,
        querystring: z.strictObject({
          check: several(reference).meta({ description: "ids or names; all if absent" }),
          machine: several(reference).meta({ description: "only checks by the agents of these" }),
          ...windowQuery,
          limit: z.coerce.number().int().min(1).max(mostIncidents).default(100),
        }),
        response: { 200: list(checkIncident) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const ids = query.machine?.map((one) => hub.fleet.machine(one).machineId);
      const rows = (query.check?.map((one) => checkOf(hub, one)) ?? hub.checks.all()).filter(
        ({ machineId }) => ids?.includes(machineId) ?? true,
      );
      const window = readWindow(query, hub.clock.now() + 1);
      const incidents = await incidentsOf(hub, rows, window, query.limit);
      const locale = languageOf(request, reply);
      return { items: incidents.map((incident) => presentIncident(hub, incident, locale)) };
    },
  );

  app.post(
    "/checks",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Make a check, by the agent of a machine or by the hub itself",
        tags,
        body: checkInput,
        response: { 200: check },
      },
    },
    async (request, reply) =>
      one(await addCheck(hub, request.body, callerOn(request).name), languageOf(request, reply)),
  );

  app.post(
    "/checks/basic",
    {
      config: { policy: "operator" },
      schema: {
        summary:
          "CPU, memory, disk and one service of a machine, every minute; checks of these names stay as they are",
        tags,
        body: z.strictObject({ machine: reference, service: z.string().min(1).max(200) }),
        response: { 200: list(check) },
      },
    },
    async (request, reply) => {
      const rows = await addBasicChecks(hub, request.body, callerOn(request).name);
      return { items: await presentChecks(hub, rows, languageOf(request, reply)) };
    },
  );

  app.patch(
    "/checks/:id",
    {
      config: { policy: "operator" },
      schema: { summary: "Change a check", tags, params, body: checkChange, response: { 200: check } },
    },
    async (request, reply) =>
      one(
        await changeCheck(hub, request.params.id, request.body, callerOn(request).name),
        languageOf(request, reply),
      ),
  );

  for (const running of [true, false])
    app.post(
      `/checks/:id/${running ? "start" : "stop"}`,
      {
        config: { policy: "operator" },
        schema: {
          summary: running ? "Start a check" : "Stop a check; its results stay",
          tags,
          params,
          response: { 200: check },
        },
      },
      async (request, reply) =>
        one(
          await changeCheck(hub, request.params.id, { running }, callerOn(request).name),
          languageOf(request, reply),
        ),
    );

  app.post(
    "/checks/:id/run",
    {
      config: { policy: "operator" },
      schema: { summary: "Probe now, beside the schedule", tags, params, response: { 200: checkResult } },
    },
    async (request, reply) =>
      presentResult(
        await runCheck(hub, request.params.id, callerOn(request).name),
        languageOf(request, reply),
      ),
  );

  app.delete(
    "/checks/:id",
    {
      config: { policy: "operator" },
      schema: { summary: "Remove a check", tags, params, response: { 204: z.void() } },
    },
    async (request, reply) => {
      await removeCheck(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );
};
