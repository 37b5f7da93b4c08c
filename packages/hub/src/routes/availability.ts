import {
  availability as availabilityAnswer,
  availabilityQuery,
  fleetAvailability as fleetAnswer,
  maintenance,
  maintenanceChange,
  maintenanceInput,
  maintenances,
} from "@culprit/protocol";
import { z } from "zod";
import { languageOf } from "../answers/language.ts";
import { callerOn } from "../auth/caller.ts";
import { checkAvailability, fleetAvailability, machineAvailability } from "../availability/availability.ts";
import {
  addMaintenance,
  changeMaintenance,
  listMaintenance,
  removeMaintenance,
} from "../availability/maintenance.ts";
import type { Routes } from "./policy.ts";

const params = z.object({ id: z.string().max(200).meta({ description: "id or name" }) });
const tags = ["availability"];
const querystring = availabilityQuery;

export const availability: Routes = async (app, { hub }) => {
  app.get(
    "/machines/:id/availability",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "How much of a time a machine was up, by days, with its incidents (default: 30 days)",
        tags,
        params,
        querystring,
        response: { 200: availabilityAnswer },
      },
    },
    (request) => machineAvailability(hub, request.params.id, request.query),
  );

  app.get(
    "/checks/:id/availability",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "How much of a time what a check looks at was well",
        tags,
        params,
        querystring,
        response: { 200: availabilityAnswer },
      },
    },
    (request, reply) => checkAvailability(hub, request.params.id, request.query, languageOf(request, reply)),
  );

  app.get(
    "/availability",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "How much of a time each machine was up",
        tags,
        querystring,
        response: { 200: fleetAnswer },
      },
    },
    (request) => fleetAvailability(hub, request.query),
  );

  app.get(
    "/maintenance",
    {
      config: { policy: "viewer" },
      schema: { summary: "Planned maintenance", tags, response: { 200: maintenances } },
    },
    async () => ({ items: await listMaintenance(hub) }),
  );

  app.post(
    "/maintenance",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Plan maintenance, of a machine or of all: once, or every week",
        tags,
        body: maintenanceInput,
        response: { 200: maintenance },
      },
    },
    (request) => addMaintenance(hub, request.body, callerOn(request).name),
  );

  app.patch(
    "/maintenance/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Change planned maintenance; what was in force stays so for the past",
        tags,
        params,
        body: maintenanceChange,
        response: { 200: maintenance },
      },
    },
    (request) => changeMaintenance(hub, request.params.id, request.body, callerOn(request).name),
  );

  app.delete(
    "/maintenance/:id",
    {
      config: { policy: "operator" },
      schema: { summary: "Take planned maintenance back", tags, params, response: { 204: z.void() } },
    },
    async (request, reply) => {
      await removeMaintenance(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );
};
