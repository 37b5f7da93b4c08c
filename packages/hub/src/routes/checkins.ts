import { checkin, checkinCreated, checkinInput, list } from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { createCheckin, listCheckins, removeCheckin } from "../checkins/manage.ts";
import type { Routes } from "./policy.ts";

export const checkins: Routes = async (app, { hub }) => {
  app.get(
    "/checkins",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "Where clients of other monitors check in",
        tags: ["check-ins"],
        response: { 200: list(checkin) },
      },
    },
    async () => ({ items: await listCheckins(hub) }),
  );

  app.post(
    "/checkins",
    {
      config: { policy: "operator" },
      schema: {
        summary: "A check-in for a process of a machine; its token and addresses are shown this once",
        tags: ["check-ins"],
        body: checkinInput,
        response: { 200: checkinCreated },
      },
    },
    (request) => {
      const own = hub.settings.publicUrl ?? `${request.protocol}://${request.host}`;
      return createCheckin(hub, request.body, own.replace(/\/+$/, ""), callerOn(request).name);
    },
  );

  app.delete(
    "/checkins/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Remove a check-in: its token no longer holds; its runs stay",
        tags: ["check-ins"],
        params: z.object({ id: z.string().max(200) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await removeCheckin(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );
};
