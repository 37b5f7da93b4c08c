/**
 * Records every request that a Node.js server answers with Culprit, whatever it is built with (node:http, Express, Fastify):
 *
 *     node --import /usr/share/culprit/culprit-node.mjs server.js
 *
 * Each answered request is one small file in the agent's intake folder: CULPRIT_INTAKE, else /var/spool/culprit. If that
 * can't be done nothing happens: the server, its answers and its errors stay as they are. Node.js 18.19 and later.
 *
 * The route is what Express matched, what `request.culpritRoute` says, or the path without query string and ids.
 */
import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { writeFile } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const folder = process.env.CULPRIT_INTAKE || "/var/spool/culprit";
/** A disk that hangs must not fill the memory: requests past this many waiting files are not recorded. */
const mostWaiting = 1000;
let waiting = 0;

subscribe("http.server.request.start", ({ request, response }) => {
  const startedAt = nowMicros();
  const { method, url } = request;
  response.once("close", () => {
    try {
      record({ request, response, method, url, startedAt, endedAt: nowMicros() });
    } catch {
      // Recording never harms what it records.
    }
  });
});

function record({ request, response, method, url, startedAt, endedAt }) {
  if (waiting >= mostWaiting) return;
  const answered = response.headersSent;
  const status = answered ? { "http.response.status_code": response.statusCode } : {};
  const aborted = response.writableFinished ? {} : { "http.request.aborted": true };
  const run = {
    kind: "web",
    process: `${method} ${routeOf(request, url)}`,
    startedAt: instant(startedAt),
    endedAt: instant(endedAt),
    outcome: answered && response.statusCode >= 500 ? "failed" : "ok",
    pid: process.pid,
    attributes: { ...status, ...aborted },
  };
  waiting++;
  // wx: never over a file or through a link that is there.
  const path = join(folder, `${randomBytes(16).toString("hex")}.end`);
  writeFile(path, `${JSON.stringify(run)}\n`, { flag: "wx" }, () => waiting--);
}

function routeOf(request, url) {
  const said = request.culpritRoute ?? matchedByExpress(request);
  if (typeof said === "string") return said.startsWith("/") ? said : `/${said}`;
  const path = url.slice(0, 1000).replace(/[?#;].*$/s, "");
  // The agent knows routes better; here only what is plainly an id or may be a secret is left out.
  return path.replace(/[^/]*[\d%@][^/]*|[^/]{25,}/g, "{}") || "/";
}

function matchedByExpress({ route, baseUrl = "" }) {
  return typeof route?.path === "string" && typeof baseUrl === "string" ? baseUrl + route.path : undefined;
}

function nowMicros() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function instant(micros) {
  const seconds = Math.floor(micros / 1e6);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros % 1e6).padStart(6, "0")}Z`;
}
