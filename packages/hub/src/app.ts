/** Builds the HTTP app of a hub; `main.ts` runs it. Tests build one with their own store and clock. */
import Fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { Hub } from "./context.ts";
import { apiRoutes } from "./routes/index.ts";
import { answerProblems } from "./routes/problems.ts";

export async function buildApp(hub: Hub): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: hub.log,
    requestTimeout: 60_000,
    connectionTimeout: 120_000,
    bodyLimit: hub.settings.limits.bodyBytes,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  requirePolicies(app);
  answerProblems(app);
  await app.register(async (api) => {
    for (const routes of Object.values(apiRoutes)) await api.register(routes, { hub, prefix: "/api/v1" });
  });
  return app;
}

/** Policies are looked at when all routes stand, so that a scope may give one to routes made by a library. */
function requirePolicies(app: FastifyInstance): void {
  const all: RouteOptions[] = [];
  app.addHook("onRoute", (route) => void all.push(route));
  app.addHook("onReady", async () => {
    const open = all.filter((route) => !route.config?.policy);
    if (open.length > 0)
      throw new Error(
        `routes without a policy: ${open.map((r) => `${String(r.method)} ${r.url}`).join(", ")}`,
      );
  });
}
