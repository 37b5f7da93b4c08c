import {
  formatInstant,
  list,
  ProblemError,
  token,
  tokenCreated,
  tokenInput,
  type Token,
} from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import type { Hub } from "../context.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { TokenRow } from "../store/store.ts";
import type { Routes } from "./policy.ts";

export const tokens: Routes = async (app, { hub }) => {
  app.get(
    "/tokens",
    {
      config: { policy: "admin" },
      schema: { summary: "Tokens of people and machines", tags: ["access"], response: { 200: list(token) } },
    },
    async () => {
      const all = await hub.access.tokens();
      return { items: all.flatMap((row) => presentToken(hub, row)) };
    },
  );

  app.post(
    "/tokens",
    {
      config: { policy: "admin" },
      schema: {
        summary: "A token for a script; it is shown this once",
        tags: ["access"],
        body: tokenInput,
        response: { 200: tokenCreated },
      },
    },
    async (request) => {
      const { name, role, validSeconds } = request.body;
      const { token: secret, tokenId } = await hub.access.issue({ kind: "user", name, role, validSeconds });
      const id = publicId("t", tokenId);
      await hub.access.audit(callerOn(request).name, "token.create", id, `${name}, ${role}`);
      return { id, token: secret };
    },
  );

  app.delete(
    "/tokens/:id",
    {
      config: { policy: "admin" },
      schema: {
        summary: "Revoke a token",
        tags: ["access"],
        params: z.object({ id: z.string().max(200) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const tokenId = readPublicId("t", id);
      if (tokenId === null || !(await hub.access.revoke(tokenId)))
        throw new ProblemError("not-found", `there is no token ${id}`);
      await hub.access.audit(callerOn(request).name, "token.revoke", id);
      return reply.code(204).send();
    },
  );
};

/** Sessions, links and enrolment tokens are no keys that someone keeps. */
function presentToken(hub: Hub, row: TokenRow): Token[] {
  const role = row.kind === "machine" ? "machine" : row.kind === "user" ? row.role : null;
  if (role === null) return [];
  return [
    {
      id: publicId("t", row.tokenId),
      name: row.name,
      role,
      ...(row.machineId === null ? {} : { machine: hub.fleet.name(row.machineId) }),
      createdAt: formatInstant(row.createdAt),
      ...(row.expiresAt === null ? {} : { expiresAt: formatInstant(row.expiresAt) }),
      ...(row.lastUsedAt === null ? {} : { lastUsedAt: formatInstant(row.lastUsedAt) }),
    },
  ];
}
