/**
 * OTLP's ExportTraceServiceRequest in protobuf's binary form (opentelemetry-proto, trace/v1 and common/v1): spans and the
 * few attributes that are read. Attribute values that are lists or maps are left out, so that nothing nests without end.
 */
import { ProblemError } from "@culprit/protocol";
import {
  attributesRead,
  checkSpan,
  count,
  type RawSpan,
  type ReadSpans,
  type Scalar,
  type Span,
  type SpanAttributes,
} from "./span.ts";
import { MalformedMessage, WireReader } from "./wire-reader.ts";

const longestKey = Math.max(...[...attributesRead].map((key) => key.length));

/** A problem of code invalid-request if the bytes are no such message, too-many-items if it holds more than `most` spans. */
export function readProtobuf(bytes: Buffer, most: number): ReadSpans {
  const read = new Reading(most);
  try {
    const request = new WireReader(bytes);
    while (request.next()) if (request.field === 1) readResourceSpans(() => request.message(), read);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new ProblemError("invalid-request", `the body is no OTLP message: ${error.message}`);
  }
  return read;
}

class Reading implements ReadSpans {
  readonly spans: Span[] = [];
  readonly refused = new Map<string, number>();
  readonly #most: number;
  #counted = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Of spans, and of what spans are in: empty ones take two bytes each. */
  count(): void {
    if (++this.#counted > 2 * this.#most) throw this.#tooMany();
  }

  add(raw: RawSpan): void {
    if (this.spans.length === this.#most) throw this.#tooMany();
    const span = checkSpan(raw);
    if (typeof span === "string") count(this.refused, span);
    else this.spans.push(span);
  }

  #tooMany(): ProblemError {
    return new ProblemError("too-many-items", `more than ${this.#most} spans`, { limit: this.#most });
  }
}

/** Twice over the same bytes: the resource may come after the spans. */
function readResourceSpans(open: () => WireReader | null, read: Reading): void {
  read.count();
  const resource = new Map<string, Scalar>();
  for (const message = open(); message?.next();)
    if (message.field === 1) readAttributes(message.message(), 1, resource);
  for (const message = open(); message?.next();)
    if (message.field === 2) readScopeSpans(message.message(), resource, read);
}

function readScopeSpans(scope: WireReader | null, resource: SpanAttributes, read: Reading): void {
  read.count();
  while (scope?.next()) {
    const span = scope.field === 2 ? scope.message() : null;
    if (!span) continue;
    read.count();
    read.add(readSpan(span, resource));
  }
}

function readAttributes(message: WireReader | null, field: number, into: Map<string, Scalar>): void {
  while (message?.next()) if (message.field === field) readAttribute(message.message(), into);
}

function readSpan(message: WireReader, resource: SpanAttributes): RawSpan {
  const attributes = new Map<string, Scalar>();
  const span: RawSpan = {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    name: "",
    kind: 0,
    flags: 0,
    startNanos: 0n,
    endNanos: 0n,
    failed: false,
    attributes,
    resource,
  };
  while (message.next()) {
    switch (message.field) {
      case 1:
        span.traceId = message.hex();
        break;
      case 2:
        span.spanId = message.hex();
        break;
      case 4:
        span.parentSpanId = message.hex();
        break;
      case 5:
        span.name = message.text() ?? "";
        break;
      case 6:
        span.kind = message.integer() ?? 0;
        break;
      case 7:
        span.startNanos = message.fixed64() ?? 0n;
        break;
      case 8:
        span.endNanos = message.fixed64() ?? 0n;
        break;
      case 9:
        readAttribute(message.message(), attributes);
        break;
      case 15:
        span.failed = isError(message.message());
        break;
      case 16:
        span.flags = message.fixed32() ?? 0;
        break;
      default: // events, links and what is not known yet
    }
  }
  return span;
}

function readAttribute(keyValue: WireReader | null, into: Map<string, Scalar>): void {
  let key: string | null = null;
  let value: Scalar | null = null;
  while (keyValue?.next()) {
    if (keyValue.field === 1) key = keyValue.shortText(longestKey);
    else if (keyValue.field === 2) {
      // The key comes first in practice; a value whose key is not yet known is read in any case.
      if (key === null || attributesRead.has(key)) value = readValue(keyValue.message());
    }
  }
  if (key !== null && value !== null && attributesRead.has(key)) into.set(key, value);
}

function readValue(anyValue: WireReader | null): Scalar | null {
  let value: Scalar | null = null;
  while (anyValue?.next()) {
    if (anyValue.field === 1) value = anyValue.text();
    else if (anyValue.field === 2) value = anyValue.integer() === 1;
    else if (anyValue.field === 3) value = anyValue.integer();
    else if (anyValue.field === 4) value = anyValue.double();
  }
  return value;
}

function isError(status: WireReader | null): boolean {
  let code: number | null = 0;
  while (status?.next()) if (status.field === 3) code = status.integer();
  return code === 2;
}
