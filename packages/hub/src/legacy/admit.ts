/**
 * Tokens of clients that know nothing of them: as the password of HTTP Basic, as `token=` in the query, or as `/t/<token>`
 * before the path; a Bearer header does as well. A browser's session is never looked at, so that a page of another site
 * can do nothing here. The log cuts all of these out (log.ts).
 */
import { ProblemError } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { identify, type Caller } from "../auth/caller.ts";
import type { Hub } from "../context.ts";
import { policies, type Policy } from "../routes/policy.ts";

/** Who sent the token; a problem if it is none, or its role is not one of the policy's. `given` is one from the body. */
export async function admit(
  hub: Hub,
  request: FastifyRequest,
  policy: Policy,
  given?: string,
): Promise<Caller> {
  const caller = await identify(hub, request.ip, given || secretOf(request));
  if (!caller) throw new ProblemError("not-signed-in");
  if (!policies[policy]?.some((role) => role === caller.role)) throw new ProblemError("forbidden");
  return caller;
}

const withToken = z.object({ token: z.string() });

function secretOf({ headers, query, params }: FastifyRequest): string | undefined {
  const [, scheme, credentials = ""] = /^(Bearer|Basic)\s+(.+)$/is.exec(headers.authorization ?? "") ?? [];
  if (scheme?.toLowerCase() === "bearer") return credentials;
  if (scheme !== undefined)
    return Buffer.from(credentials, "base64")
      .toString("utf8")
      .replace(/^[^:]*:/, "");
  return withToken.safeParse(query).data?.token ?? withToken.safeParse(params).data?.token;
}
