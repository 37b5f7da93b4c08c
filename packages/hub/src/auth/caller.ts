/** Who sent a request, and whether the route's policy lets them in. Asked before any body is read. */
import { fastifyCookie } from "@fastify/cookie";
import { ProblemError } from "@culprit/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Hub } from "../context.ts";
import { policies, type CallerRole, type Policy } from "../routes/policy.ts";
import type { TokenRow } from "../store/store.ts";
import { hashSecret } from "./secrets.ts";
import { senderOf } from "./sender.ts";

export const sessionCookie = "culprit_session";

export type Caller = { role: CallerRole; name: string; machineId: number | null; token: TokenRow };

declare module "fastify" {
  interface FastifyRequest {
    /** Null only on routes for anyone. */
    caller: Caller | null;
  }
}

export function enforcePolicies(app: FastifyInstance, hub: Hub): void {
  app.decorateRequest("caller", null);
  app.addHook("onRequest", async (request) => {
    // Routes without one never start (app.ts); what is left is the answer for addresses that don't exist.
    const policy = request.routeOptions.config.policy;
    if (!policy || policies[policy] === null) return;
    request.caller = await admit(hub, request, policy);
    if (policy === "recording") hub.recordings.take(request.caller);
  });
}

async function admit(hub: Hub, request: FastifyRequest, policy: Policy): Promise<Caller> {
  const allowed: readonly CallerRole[] = policies[policy] ?? [];
  const bearer = /^Bearer\s+(.+)$/is.exec(request.headers.authorization ?? "")?.[1];
  const cookie = bearer === undefined ? cookieOf(request) : undefined;
  const caller = await identify(hub, request.ip, bearer ?? cookie);
  if (!caller) throw new ProblemError("not-signed-in");
  if (!allowed.includes(caller.role)) throw new ProblemError("forbidden");
  if (cookie !== undefined) refuseOtherSites(hub, request);
  return caller;
}

function cookieOf(request: FastifyRequest): string | undefined {
  const header = request.headers.cookie;
  return header === undefined ? undefined : fastifyCookie.parse(header)[sessionCookie];
}

/** Throws a problem of code too-many-requests if this address has guessed too often. */
export async function identify(
  hub: Hub,
  address: string,
  secret: string | undefined,
): Promise<Caller | null> {
  const hash = secret === undefined ? null : hashSecret(secret);
  if (hash === null) return null;
  let token = hub.access.recent(hash);
  if (!token) {
    // Only tokens never seen here are limited: those in use keep working for others behind the same address.
    const sender = senderOf(address);
    if (!hub.access.hasSeen(hash)) hub.badTokens.check(sender);
    token = await hub.access.tokenByHash(hash);
    if (!token) hub.badTokens.count(sender);
  }
  return token && callerOf(hub, token);
}

function callerOf(hub: Hub, token: TokenRow): Caller | null {
  const { kind, role, machineId, name } = token;
  switch (kind) {
    case "machine":
      return machineId === null
        ? null
        : { role: "machine", name: hub.fleet.name(machineId), machineId, token };
    case "enroll":
      return { role: "enroll", name, machineId: null, token };
    case "user":
    case "session":
      return role === null ? null : { role, name, machineId: null, token };
    case "next":
      return machineId === null ? null : { role: "renew", name: hub.fleet.name(machineId), machineId, token };
    case "once":
    case "rotation":
      return null;
    default:
      return kind satisfies never;
  }
}

/** A browser says where a page that sends something comes from; a cookie alone is no proof that the user meant it. */
export function refuseOtherSites(hub: Hub, request: FastifyRequest): void {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return;
  const { publicUrl } = hub.settings;
  const own = [`${request.protocol}://${request.host}`, ...(publicUrl ? [new URL(publicUrl).origin] : [])];
  const { origin } = request.headers;
  const same =
    origin === undefined ? request.headers["sec-fetch-site"] === "same-origin" : own.includes(origin);
  if (!same) throw new ProblemError("cross-site");
}

/** The caller of a route whose policy asks for one. */
export function callerOn(request: FastifyRequest): Caller {
  if (!request.caller) throw new ProblemError("not-signed-in");
  return request.caller;
}

/** The machine of a route that only machines may call. */
export function machineOn(request: FastifyRequest): number {
  const { machineId } = callerOn(request);
  if (machineId === null) throw new ProblemError("forbidden");
  return machineId;
}
