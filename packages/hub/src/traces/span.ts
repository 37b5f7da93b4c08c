/** What the hub reads of a span of OpenTelemetry, whichever way it was encoded. Whatever else it carries is not looked at. */
import type { Micros } from "@culprit/protocol";

export type Scalar = string | number | boolean;
export type SpanAttributes = ReadonlyMap<string, Scalar>;

export const spanKinds = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
export type SpanKind = (typeof spanKinds)[number];

export type Span = {
  /** 32 and 16 hexadecimal digits in lower case. */
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** Null where the sender does not tell. */
  parentIsRemote: boolean | null;
  name: string;
  kind: SpanKind;
  startedAt: Micros;
  endedAt: Micros;
  /** Its status is an error. */
  failed: boolean;
  attributes: SpanAttributes;
  resource: SpanAttributes;
};

/** What was read of a request; `refused` counts the spans that are none, by reason. */
export type ReadSpans = { spans: Span[]; refused: Map<string, number> };

/** Attributes of spans and resources that are read, by OpenTelemetry's semantic conventions, old and new. */
export const attributesRead: ReadonlySet<string> = new Set([
  "host.name",
  "service.name",
  "service.version",
  "service.instance.id",
  "deployment.environment.name",
  "deployment.environment",
  "http.request.method",
  "http.method",
  "http.route",
  "http.response.status_code",
  "http.status_code",
  "url.path",
  "http.target",
  "server.address",
  "net.peer.name",
  "rpc.system",
  "rpc.service",
  "rpc.method",
  "messaging.system",
  "messaging.destination.name",
  "messaging.destination",
  "db.system.name",
  "db.system",
  "db.operation.name",
  "db.operation",
  "db.collection.name",
  "db.sql.table",
  "error.type",
]);

/** A span as the wire has it, before it is known to be one. */
export type RawSpan = Omit<Span, "startedAt" | "endedAt" | "kind" | "parentIsRemote" | "parentSpanId"> & {
  parentSpanId: string;
  kind: number;
  flags: number;
  startNanos: bigint;
  endNanos: bigint;
};

const hasIsRemote = 0x100;
const isRemote = 0x200;

/** The span, or why it is none. */
export function checkSpan(raw: RawSpan): Span | string {
  const { kind, flags, startNanos, endNanos, parentSpanId, ...span } = raw;
  if (!isId(span.traceId, 32)) return "no valid trace id";
  if (!isId(span.spanId, 16)) return "no valid span id";
  if (endNanos === 0n || startNanos === 0n) return "no start or no end";
  if (endNanos < startNanos) return "ends before it starts";
  return {
    ...span,
    parentSpanId: isId(parentSpanId, 16) ? parentSpanId : null,
    parentIsRemote: (flags & hasIsRemote) === 0 ? null : (flags & isRemote) !== 0,
    kind: spanKinds[kind] ?? "unspecified",
    startedAt: Number(startNanos / 1000n),
    endedAt: Number(endNanos / 1000n),
  };
}

function isId(hex: string, digits: number): boolean {
  return hex.length === digits && /^[0-9a-f]+$/.test(hex) && !/^0+$/.test(hex);
}

export function count(refused: Map<string, number>, reason: string, by = 1): void {
  refused.set(reason, (refused.get(reason) ?? 0) + by);
}
