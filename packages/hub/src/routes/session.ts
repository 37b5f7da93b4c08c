import {
  formatInstant,
  identity,
  microsPerSecond,
  ProblemError,
  sessionCreated,
  sessionInput,
} from "@culprit/protocol";
import { fastifyCookie } from "@fastify/cookie";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { SignedIn } from "../auth/access.ts";
import { callerOn, refuseOtherSites, sessionCookie } from "../auth/caller.ts";
import { senderOf } from "../auth/sender.ts";
import type { Hub } from "../context.ts";
import { fold } from "../executions/catalogue.ts";
import { publicId } from "../public-ids.ts";
import type { Routes } from "./policy.ts";

/** Whoever can reach the hub may send one. */
const signInBytes = 16 * 1024;

export const session: Routes = async (app, { hub }) => {
  app.post(
    "/session",
    {
      bodyLimit: signInBytes,
      config: { policy: "anyone" },
      schema: {
        summary: "Sign in with user and password, or with the token of a one-time link",
        tags: ["access"],
        body: sessionInput,
        response: { 200: sessionCreated },
      },
    },
    async (request, reply) => {
      // A page elsewhere must not sign a visitor in as someone else.
      if (request.headers.origin !== undefined) refuseOtherSites(hub, request);
      const signedIn = await signIn(hub, request.ip, request.body).catch(async (error: unknown) => {
        await noteRefusal(hub, request.ip, request.body, error);
        throw error;
      });
      await hub.access.audit(signedIn.user, "session.create", request.ip);
      reply.header("set-cookie", cookie(hub, request, signedIn));
      reply.header("cache-control", "no-store");
      return { ...signedIn, expiresAt: formatInstant(signedIn.expiresAt) };
    },
  );

  app.get(
    "/session",
    {
      config: { policy: "identified" },
      schema: { summary: "Who is asking", tags: ["access"], response: { 200: identity } },
    },
    async (request) => {
      const { name, role, machineId } = callerOn(request);
      return {
        user: name,
        role: role === "enroll" || role === "renew" ? "machine" : role,
        ...(machineId === null ? {} : { machineId: publicId("m", machineId) }),
      };
    },
  );

  app.delete(
    "/session",
    {
      config: { policy: "identified" },
      schema: { summary: "Sign out", tags: ["access"], response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { token } = callerOn(request);
      if (token.kind === "session") await hub.access.revoke(token.tokenId);
      return reply
        .header("set-cookie", cookie(hub, request, null))
        .code(204)
        .send();
    },
  );
};

async function signIn(hub: Hub, address: string, input: z.infer<typeof sessionInput>): Promise<SignedIn> {
  const sender = senderOf(address);
  hub.signIns.address(sender);
  if ("once" in input) return hub.access.signInOnce(input.once);
  const user = fold(input.user);
  hub.signIns.password(user, sender, await hub.access.hasUser(user));
  const signedIn = await hub.access.signIn(input.user, input.password);
  hub.signIns.succeeded(user, sender);
  return signedIn;
}

/** Whoever can reach the hub can cause these: only so many an hour are written. */
async function noteRefusal(
  hub: Hub,
  address: string,
  input: z.infer<typeof sessionInput>,
  error: unknown,
): Promise<void> {
  if (!(error instanceof ProblemError)) return;
  try {
    hub.refusedSignIns.check("all");
  } catch {
    return;
  }
  hub.refusedSignIns.count("all");
  // A name that nobody has is often a password, typed in the wrong field.
  const known = (await hub.access.users()).map(({ name }) => name);
  const given = "user" in input ? input.user.toLowerCase() : "";
  const who = known.find((name) => name.toLowerCase() === given) ?? "(unknown)";
  await hub.access.audit(who, "session.refuse", address, error.problem.code, { outcome: "refused" });
}

/** Null: takes the cookie back. */
function cookie(hub: Hub, request: FastifyRequest, signedIn: SignedIn | null): string {
  return fastifyCookie.serialize(sessionCookie, signedIn?.token ?? "", {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure: request.protocol === "https",
    maxAge: signedIn ? Math.floor((signedIn.expiresAt - hub.clock.now()) / microsPerSecond) : 0,
  });
}
