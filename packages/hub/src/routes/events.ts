import { list, supervisionEvent } from "@culprit/protocol";
import { eventsQuery, listEvents } from "../supervision/events.ts";
import type { Routes } from "./policy.ts";

export const events: Routes = async (app, { hub }) => {
  app.get(
    "/events",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "What supervision noticed, newest first: missed, late, too long and other runs",
        tags: ["supervision"],
        querystring: eventsQuery,
        response: { 200: list(supervisionEvent) },
      },
    },
    (request) => listEvents(hub, request.query),
  );
};
