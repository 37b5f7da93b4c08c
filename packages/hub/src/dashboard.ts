/** The built dashboard: its files, and its first page for every address that is one of its own. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { ProblemError } from "@culprit/protocol";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "./routes/problems.ts";

/** The build puts a hash of the content into the names under here. */
const hashed = `${sep}assets${sep}`;

export async function serveDashboard(app: FastifyInstance, webRoot: string): Promise<void> {
  if (!existsSync(join(webRoot, "index.html")))
    throw new Error(`there is no dashboard in ${webRoot}: build it first (npm run build)`);
  await app.register(fastifyStatic, {
    root: webRoot,
    cacheControl: false,
    setHeaders: (response, path) => {
      const immutable = path.includes(hashed);
      response.setHeader("cache-control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}

/** Files stand at the top and in one folder; below the addresses of pages a dot is a part of a name: `/machines/db-1.example`. */
const fileAddress = /^\/(?:assets\/|[^/]*\.\w+$)/;

/** Pages have addresses without a file; everything else that is not there is a problem. */
export function answerUnknown(app: FastifyInstance, withDashboard: boolean): void {
  app.setNotFoundHandler((request, reply) => {
    const page =
      withDashboard &&
      (request.method === "GET" || request.method === "HEAD") &&
      (request.headers.accept ?? "").includes("text/html") &&
      !/^\/(api|v1|checkin|docs)\//.test(request.url) &&
      !fileAddress.test(request.url.replace(/\?.*$/, ""));
    if (page) return reply.header("cache-control", "no-cache").sendFile("index.html");
    return sendProblem(reply, new ProblemError("not-found").problem);
  });
}
