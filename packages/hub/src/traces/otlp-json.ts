/**
 * OTLP's ExportTraceServiceRequest in its JSON form: ids in hexadecimal, 64-bit numbers as text or number, unknown names
 * ignored, null the same as absent.
 */
import { ProblemError } from "@culprit/protocol";
import { z } from "zod";
import {
  attributesRead,
  checkSpan,
  count,
  type RawSpan,
  type ReadSpans,
  type Scalar,
  type SpanAttributes,
} from "./span.ts";

const list = z
  .array(z.unknown())
  .nullish()
  .transform((items) => items ?? []);
const text = z
  .string()
  .nullish()
  .transform((read) => read ?? "");
const id = text.transform((read) => read.toLowerCase());
const whole = z
  .number()
  .int()
  .nullish()
  .transform((read) => read ?? 0);
const int64 = z.union([z.string().regex(/^-?\d{1,19}$/), z.number().int()]);
const nanos = z
  .union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative()])
  .nullish()
  .transform((read) => BigInt(read ?? 0));

const requestForm = z.object({ resourceSpans: list });
const resourceSpansForm = z.object({
  resource: z.object({ attributes: list }).nullish(),
  scopeSpans: list,
});
const scopeSpansForm = z.object({ spans: list });
const spanForm = z.object({
  traceId: id,
  spanId: id,
  parentSpanId: id,
  flags: whole,
  name: text,
  kind: whole,
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: list,
  status: z.object({ code: whole }).nullish(),
});
const keyForm = z.object({ key: z.string(), value: z.unknown().optional() });
const valueForm = z.object({
  stringValue: z.string().nullish(),
  boolValue: z.boolean().nullish(),
  intValue: int64.nullish(),
  doubleValue: z.number().nullish(),
});

/** A problem of code invalid-request if the value is no such message, too-many-items if it holds more than `most` spans. */
export function readJsonRequest(body: unknown, most: number): ReadSpans {
  const read: ReadSpans = { spans: [], refused: new Map() };
  const tooMany = () => new ProblemError("too-many-items", `more than ${most} spans`, { limit: most });
  let seen = 0;
  /** Of spans, and of what spans are in: empty ones take three bytes each. */
  let counted = 0;
  const countOne = () => {
    if (++counted > 2 * most) throw tooMany();
  };
  for (const entry of parse(requestForm, body).resourceSpans) {
    countOne();
    const { resource, scopeSpans } = parse(resourceSpansForm, entry);
    const resourceAttributes = attributesOf(resource?.attributes ?? []);
    for (const scope of scopeSpans) {
      countOne();
      for (const one of parse(scopeSpansForm, scope).spans) {
        countOne();
        if (++seen > most) throw tooMany();
        const checked = checkSpan(rawSpan(parse(spanForm, one), resourceAttributes));
        if (typeof checked === "string") count(read.refused, checked);
        else read.spans.push(checked);
      }
    }
  }
  return read;
}

function parse<T>(form: z.ZodType<T>, value: unknown): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProblemError(
    "invalid-request",
    `the body is no OTLP message: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

function rawSpan(span: z.output<typeof spanForm>, resource: SpanAttributes): RawSpan {
  const { startTimeUnixNano, endTimeUnixNano, attributes, status, ...same } = span;
  return {
    ...same,
    startNanos: startTimeUnixNano,
    endNanos: endTimeUnixNano,
    failed: status?.code === 2,
    attributes: attributesOf(attributes),
    resource,
  };
}

function attributesOf(all: readonly unknown[]): SpanAttributes {
  const attributes = new Map<string, Scalar>();
  for (const one of all) {
    if (isOfNoInterest(one)) continue;
    const { key, value } = parse(keyForm, one);
    if (!attributesRead.has(key)) continue;
    // Lists and maps, and numbers that are none, are left out.
    const { data } = valueForm.safeParse(value);
    const whole = data?.intValue == null ? null : Number(data.intValue);
    const scalar = data?.stringValue ?? data?.boolValue ?? whole ?? data?.doubleValue;
    if (scalar !== undefined && scalar !== null) attributes.set(key, scalar);
  }
  return attributes;
}

/** There may be very many of them: told without a look at their form. */
function isOfNoInterest(one: unknown): boolean {
  if (typeof one !== "object" || one === null || !("key" in one)) return false;
  return typeof one.key === "string" && !attributesRead.has(one.key);
}
