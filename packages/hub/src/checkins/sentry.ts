/**
 * Sentry crons: `/api/<project>/cron/<slug>/<public key>/` with a query or JSON, and check-ins in envelopes
 * (`/api/<project>/envelope/`). https://docs.sentry.io/product/crons/getting-started/http/,
 * https://develop.sentry.dev/sdk/telemetry/check-ins/
 */
import { ProblemError } from "@culprit/protocol";
import { z } from "zod";
import { readJson } from "../ingest/lines.ts";
import { readEnvelope } from "./sentry-envelope.ts";
import { scheduleOf } from "./sentry-monitor.ts";
import {
  attributesOf,
  plainSignal,
  secondsOf,
  type CheckIn,
  type Reading,
  type Signal,
  type Vendor,
  type VendorAnswer,
  type VendorRequest,
} from "./signal.ts";

const payload = z.object({
  check_in_id: z.string().max(64).nullish(),
  monitor_slug: z.string().max(200).optional(),
  status: z.enum(["in_progress", "ok", "error"], "status is none of in_progress, ok, error"),
  duration: z.number().nullish(),
  environment: z.string().nullish(),
  release: z.string().nullish(),
  monitor_config: z.unknown().optional(),
});

export const sentry: Vendor = {
  wholeBodies: true,

  read(request) {
    const [api, project, kind, slug, key, ...more] = request.path;
    if (api !== "api" || !/^\d{1,20}$/.test(project ?? "") || more.length > 0)
      throw new ProblemError("not-found");
    if (kind === "envelope" && slug === undefined) return readCheckIns(request);
    if (kind !== "cron" || !slug) throw new ProblemError("not-found");
    const checkIn = checkInOf(isJson(request) ? jsonOf(request.body) : queryOf(request.query), slug);
    return { key: key ?? keyOf(request) ?? "", checkIns: [checkIn], ignored: 0 };
  },

  accepted: ({ id }, _created) =>
    id === undefined ? { ...json({}), status: 202, body: "" } : json(id ? { id } : {}),
  refused: ({ status, code, title, detail }) =>
    // A key that is not known looks to Sentry's clients like a project that is not theirs.
    code === "not-found"
      ? json({ detail: "event submission rejected with_reason: ProjectId" }, 403)
      : json({ detail: detail ?? title }, status),
};

const json = (body: object, status = 200): VendorAnswer => ({
  status,
  type: "application/json",
  body: JSON.stringify(body),
});

const isJson = ({ header }: VendorRequest): boolean =>
  header("content-type")?.startsWith("application/json") ?? false;

function jsonOf(body: Buffer): unknown {
  const read = readJson(body);
  if ("error" in read) throw new ProblemError("invalid-request", `the body is ${read.error}`);
  return read.value;
}

function queryOf(query: URLSearchParams): unknown {
  const { duration, ...rest } = Object.fromEntries(query);
  return { ...rest, duration: secondsOf(duration) };
}

/** The public key from the header or the query. */
function keyOf({ header, query }: VendorRequest): string | undefined {
  const inHeader = /\bsentry_key=([^,\s]+)/.exec(header("x-sentry-auth") ?? header("authorization") ?? "");
  return inHeader?.[1] ?? query.get("sentry_key") ?? undefined;
}

function readCheckIns(request: VendorRequest): Reading {
  const { header, items } = readEnvelope(request.body);
  const inDsn = /^https?:\/\/([^:@/]+)[:@]/.exec(header.dsn ?? "")?.[1];
  const key = keyOf(request) ?? inDsn ?? "";
  const own = items.filter(({ type }) => type === "check_in");
  return {
    key,
    checkIns: own.map((item) => checkInOf(jsonOf(item.payload))),
    ignored: items.length - own.length,
    id: header.event_id ?? "",
  };
}

function checkInOf(raw: unknown, slugInPath?: string): CheckIn {
  const parsed = payload.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ProblemError(
      "invalid-request",
      `invalid check-in: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
  const { check_in_id, monitor_slug, status, duration, environment, release, monitor_config } = parsed.data;
  const slug = slugInPath ?? monitor_slug;
  if (!slug) throw new ProblemError("invalid-request", "invalid check-in: monitor_slug is missing");
  const run = (check_in_id ?? "").replaceAll("-", "").toLowerCase();
  const signal: Signal = {
    ...plainSignal,
    event: status === "in_progress" ? "start" : "end",
    outcome: status === "error" ? "failed" : "ok",
    // Nothing but zeros means: the newest one under way.
    run: /^0*$/.test(run) ? null : run,
    endsAny: true,
    durationSeconds: secondsOf(duration),
    attributes: attributesOf({ environment, release }),
  };
  return { slug, create: true, host: null, schedule: scheduleOf(monitor_config), signal };
}
