/**
 * Which spans are executions of their own, what they are called, and what is kept of them. Names come from what the
 * semantic conventions hold to few values; texts that may hold a customer's data (addresses with their query, SQL,
 * headers, messages of errors) are never read.
 */
import { cleanName, formatInstant, pathSegments, type ExecutionInput } from "@culprit/protocol";
import type { HubSettings } from "../settings.ts";
import type { Scalar, Span, SpanAttributes } from "./span.ts";

export type TraceSettings = HubSettings["traces"];

/** An execution that its steps belong to. */
export type Entry = {
  executionId: string;
  process: string;
  kind: ExecutionInput["kind"];
  failed: boolean;
};

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

/** Where work enters a service: nothing is above it, or what is above runs elsewhere. */
export function isEntry(span: Span, { spans, names }: TraceSettings): boolean {
  if (names.some((name) => name.toLowerCase() === span.name.toLowerCase())) return true;
  const taken = span.kind === "server" || span.kind === "consumer";
  // A framework's own server span inside that of the HTTP server is told by its parent, where the sender says so.
  if (taken && span.parentIsRemote !== false) return true;
  if (span.parentSpanId === null) return spans === "root" || taken;
  return spans === "root" && span.parentIsRemote === true;
}

/** The same span sent again has the same id, and so counts once. */
export function executionIdOf({ traceId, spanId }: Pick<Span, "traceId" | "spanId">): string {
  return `${traceId}-${spanId}`;
}

export function entryOf(span: Span): { entry: Entry; input: ExecutionInput } {
  const method = methodOf(span.attributes);
  const kind = span.kind === "server" && method !== null ? "web" : "job";
  const named = cleanName(kind === "web" ? requestName(span, method!) : workName(span));
  const executionId = executionIdOf(span);
  const { resource, attributes } = span;
  return {
    entry: { executionId, process: named.name, kind, failed: hasFailed(span) },
    input: {
      id: executionId,
      kind,
      process: named.name,
      ...timesOf(span),
      ...flagsOf(named.cleaned),
      ...kept({
        "service.name": resource.get("service.name"),
        "service.version": resource.get("service.version"),
        "service.instance.id": resource.get("service.instance.id"),
        "deployment.environment.name":
          resource.get("deployment.environment.name") ?? resource.get("deployment.environment"),
        "http.response.status_code": statusOf(attributes) ?? undefined,
        "messaging.system": attributes.get("messaging.system"),
        "rpc.system": attributes.get("rpc.system"),
        "error.type": attributes.get("error.type"),
      }),
    },
  };
}

export function stepOf(span: Span, { executionId, process, kind }: Entry): ExecutionInput {
  const step = cleanName(stepName(span));
  return {
    id: executionIdOf(span),
    parentId: executionId,
    kind,
    process,
    step: step.name,
    ...timesOf(span),
    ...flagsOf(step.cleaned),
    ...kept({
      "http.response.status_code": statusOf(span.attributes) ?? undefined,
      "error.type": span.attributes.get("error.type"),
    }),
  };
}

/** 4xx is the caller's fault; 5xx of a server, or an error that the span tells of, is the run's. */
function hasFailed({ failed, kind, attributes }: Span): boolean {
  return failed || (kind === "server" && (statusOf(attributes) ?? 0) >= 500);
}

function timesOf(span: Span): Pick<ExecutionInput, "startedAt" | "endedAt" | "outcome"> {
  return {
    startedAt: formatInstant(span.startedAt),
    endedAt: formatInstant(span.endedAt),
    outcome: hasFailed(span) ? "failed" : "ok",
  };
}

function flagsOf(cleaned: boolean): Pick<ExecutionInput, "flags"> {
  return cleaned ? { flags: ["name-cleaned"] } : {};
}

function requestName(span: Span, method: string): string {
  const route = text(span.attributes, "http.route");
  if (route !== null) return `${method} ${route.startsWith("/") ? route : `/${route}`}`;
  const path = text(span.attributes, "url.path") ?? text(span.attributes, "http.target");
  return path === null ? span.name || method : `${method} ${templateOf(path)}`;
}

function templateOf(target: string): string {
  const { segments, static: isStatic } = pathSegments(target);
  return isStatic ? "(static files)" : `/${segments.join("/")}`;
}

function workName({ name, attributes }: Span): string {
  const service = text(attributes, "rpc.service");
  const method = text(attributes, "rpc.method");
  if (service !== null && method !== null) return `${service}/${method}`;
  return name || text(attributes, "messaging.destination.name") || "(unnamed span)";
}

/** Older instrumentations name the spans of a database by the whole statement. */
function stepName({ name, kind, attributes }: Span): string {
  const database = text(attributes, "db.system.name") ?? text(attributes, "db.system");
  if (database !== null) {
    const operation = text(attributes, "db.operation.name") ?? text(attributes, "db.operation");
    const collection = text(attributes, "db.collection.name") ?? text(attributes, "db.sql.table");
    return operation === null ? database : [operation, collection].filter(Boolean).join(" ");
  }
  const method = methodOf(attributes);
  const host = text(attributes, "server.address") ?? text(attributes, "net.peer.name");
  if (kind === "client" && method !== null && host !== null) return `${method} ${host}`;
  return name || "(unnamed span)";
}

function methodOf(attributes: SpanAttributes): string | null {
  const method = text(attributes, "http.request.method") ?? text(attributes, "http.method");
  if (method === null) return null;
  return methods.has(method.toUpperCase()) ? method.toUpperCase() : "_OTHER";
}

function statusOf(attributes: SpanAttributes): number | null {
  const status = Number(attributes.get("http.response.status_code") ?? attributes.get("http.status_code"));
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : null;
}

function text(attributes: SpanAttributes, key: string): string | null {
  const value = attributes.get(key);
  return typeof value === "string" && value !== "" ? value : null;
}

const attributeCharacters = 100;

function kept(all: Record<string, Scalar | undefined>): Pick<ExecutionInput, "attributes"> {
  const entries = Object.entries(all).flatMap(([key, value]) =>
    value === undefined || value === ""
      ? []
      : [[key, typeof value === "string" ? cleanName(value.slice(0, attributeCharacters)).name : value]],
  );
  return entries.length === 0 ? {} : { attributes: Object.fromEntries(entries) };
}
