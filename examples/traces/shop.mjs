/**
 * A program with OpenTelemetry's own SDK: a request with a query in it, and a job that fails. Where it sends to comes from
 * the usual variables:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4777
 *   OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer culprit_m_..."
 *   OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf          (or http/json)
 */
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const { OTLPTraceExporter } =
  process.env.OTEL_EXPORTER_OTLP_PROTOCOL === "http/json"
    ? await import("@opentelemetry/exporter-trace-otlp-http")
    : await import("@opentelemetry/exporter-trace-otlp-proto");

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "shop", "service.version": "1.4.0" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer("shop");
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const request = tracer.startSpan("POST /orders/:id", {
  kind: SpanKind.SERVER,
  attributes: { "http.request.method": "POST", "http.route": "/orders/:id", "url.query": "card=4111" },
});
const inRequest = trace.setSpan(context.active(), request);
const query = tracer.startSpan(
  "SELECT * FROM cards WHERE number = 4111",
  {
    kind: SpanKind.CLIENT,
    attributes: { "db.system": "postgresql", "db.operation": "SELECT", "db.sql.table": "cards" },
  },
  inRequest,
);
const rows = tracer.startSpan("rows", {}, trace.setSpan(inRequest, query));
await pause(20);
rows.end();
query.end();
request.setAttribute("http.response.status_code", 503);
request.end();

const job = tracer.startSpan("nightly invoices");
await pause(10);
job.setStatus({ code: SpanStatusCode.ERROR, message: "customer 4711 has no address" });
job.end();

await provider.forceFlush();
await provider.shutdown();
for (const { name, startTime, endTime } of [request, query, rows, job])
  console.log(JSON.stringify({ name, startTime, endTime }));
