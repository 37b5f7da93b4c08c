/**
 * Healthchecks: `/ping/<uuid>` and `/ping/<ping key>/<slug>`, each with `/start`, `/fail`, `/log` or `/<exit status>`; `/ping`
 * may be left out, as hosted Healthchecks does. https://healthchecks.io/docs/http_api/
 */
import { ProblemError, type Problem } from "@culprit/protocol";
import { plainSignal, plainText, textBytes, textOf, type Signal, type Vendor } from "./signal.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const anyUuid = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;
const headers = { "access-control-allow-origin": "*", "ping-body-limit": String(textBytes) };

export const healthchecks: Vendor = {
  wholeBodies: false,

  read({ method, path, query, body }) {
    const [key = "", ...rest] = path[0] === "ping" ? path.slice(1) : path;
    const slug = uuid.test(key) ? null : (rest.shift() ?? "");
    if (key === "" || slug === "" || rest.length > 1) throw wrongUrl();
    const run = query.get("rid");
    if (run !== null && !anyUuid.test(run)) throw new ProblemError("invalid-request", "invalid uuid format");
    const signal = {
      ...plainSignal,
      ...actionOf(rest[0]),
      run: run?.replace(/[{}-]/g, "").toLowerCase() ?? null,
      text: method === "POST" ? textOf(body) : "",
    };
    const create = query.get("create") === "1";
    return { key, checkIns: [{ slug, create, host: null, schedule: undefined, signal }], ignored: 0 };
  },

  accepted: (_reading, created) =>
    created ? plainText(201, "Created", headers) : plainText(200, "OK", headers),

  refused: (problem) => plainText(problem.status, textOfProblem(problem), headers),
};

function actionOf(action: string | undefined): Partial<Signal> {
  switch (action) {
    case undefined:
      return {};
    case "start":
      return { event: "start" };
    case "fail":
      return { outcome: "failed" };
    case "log":
      return { event: "log" };
    default: {
      if (!/^\d{1,9}$/.test(action) || Number(action) > 255) throw wrongUrl();
      const exitCode = Number(action);
      return { exitCode, outcome: exitCode === 0 ? "ok" : "failed" };
    }
  }
}

const wrongUrl = () => new ProblemError("invalid-request", "invalid url format");

function textOfProblem({ code, title, detail }: Problem): string {
  if (code === "not-found") return "not found";
  if (code === "ambiguous") return "ambiguous slug";
  if (code === "too-many-requests") return "rate limited";
  return detail ?? title;
}
