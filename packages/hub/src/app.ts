/** Builds the HTTP app of a hub; `main.ts` runs it. Tests build one with their own store and clock. */
import compress from "@fastify/compress";
import helmet from "@fastify/helmet";
import websocket from "@fastify/websocket";
import Fastify, {
  LogController,
  type FastifyInstance,
  type FastifyServerOptions,
  type RouteOptions,
} from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { enforcePolicies } from "./auth/caller.ts";
import { messageBytes } from "./channel/channels.ts";
import type { Hub } from "./context.ts";
import { answerUnknown, serveDashboard } from "./dashboard.ts";
import { readBodies } from "./ingest/request-body.ts";
import { describeApi, serveDescription } from "./openapi.ts";
import { agentRoutes, apiRoutes, rootRoutes } from "./routes/index.ts";
import type { Routes } from "./routes/policy.ts";
import { answerProblems, problemOf, sendProblem } from "./routes/problems.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** All routes with their policies, also those that libraries made. */
    declaredRoutes: readonly RouteOptions[];
  }
}

/** Requests that take longer to arrive are cut off; slow senders hold a socket, nothing else. */
const requestMillis = 60_000;

/** Of bodies on routes that don't say that they take long ones. */
const shortBodyBytes = 256 * 1024;

export async function buildApp(
  hub: Hub,
  certificate?: { cert: Buffer; key: Buffer },
): Promise<FastifyInstance> {
  const app = bareApp(hub, certificate);
  requirePolicies(app);
  answerProblems(app);
  enforcePolicies(app, hub);
  readBodies(app, hub);
  await app.register(websocket, { options: { maxPayload: messageBytes, perMessageDeflate: false } });
  await describeApi(app);
  await add(app, hub, rootRoutes);
  await app.register((scope) => add(scope, hub, agentRoutes, "/api/v1"));
  await app.register(async (scope) => {
    await protectBrowsers(scope, certificate !== undefined);
    await add(scope, hub, apiRoutes, "/api/v1");
    await servePages(scope, hub);
  });
  return app;
}

function bareApp(
  { log, settings }: Hub,
  certificate: { cert: Buffer; key: Buffer } | undefined,
): FastifyInstance {
  const options: FastifyServerOptions = {
    loggerInstance: log,
    // Uploads every second from every machine would drown what matters; problems are logged where they are made.
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: requestMillis,
    connectionTimeout: 2 * requestMillis,
    keepAliveTimeout: requestMillis,
    bodyLimit: Math.min(shortBodyBytes, settings.limits.bodyBytes),
    trustProxy: settings.trustedProxies.length > 0 ? settings.trustedProxies : false,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, problemOf(error));
    },
  };
  // The kind of server is a type parameter of Fastify; what follows is the same for both.
  const app: FastifyInstance = certificate
    ? Fastify({ ...options, https: certificate } as FastifyServerOptions)
    : Fastify(options);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app;
}

async function add(
  scope: FastifyInstance,
  hub: Hub,
  routes: Record<string, Routes>,
  prefix = "",
): Promise<void> {
  for (const one of Object.values(routes)) await scope.register(one, { hub, prefix });
}

async function protectBrowsers(scope: FastifyInstance, secure: boolean): Promise<void> {
  await scope.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Component libraries set sizes and colours in style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: "no-referrer" },
  });
  await scope.register(compress, { threshold: 1024, encodings: ["br", "gzip"], globalDecompression: false });
}

async function servePages(scope: FastifyInstance, hub: Hub): Promise<void> {
  const { webRoot } = hub.settings;
  await scope.register(async (open) => {
    // Routes that libraries make can't name a policy; what they serve is the same for everyone.
    open.addHook("onRoute", (route) => {
      route.config = { ...route.config, policy: "anyone" };
    });
    await serveDescription(open);
    if (webRoot !== undefined) await serveDashboard(open, webRoot);
    answerUnknown(open, webRoot !== undefined);
  });
}

/** Policies are looked at when all routes stand, so that a scope may give one to routes made by a library. */
function requirePolicies(app: FastifyInstance): void {
  const all: RouteOptions[] = [];
  app.decorate("declaredRoutes", all);
  app.addHook("onRoute", (route) => {
    all.push(route);
  });
  app.addHook("onReady", async () => {
    const open = all.filter((route) => !route.config?.policy);
    if (open.length > 0)
      throw new Error(
        `routes without a policy: ${open.map((r) => `${String(r.method)} ${r.url}`).join(", ")}`,
      );
  });
}
