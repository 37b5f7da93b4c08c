/** What OTLP/HTTP answers, in the encoding of the request: ExportTraceServiceResponse, or google.rpc.Status for an error. */
import type { Problem } from "@culprit/protocol";

export const protobufType = "application/x-protobuf";
export const jsonType = "application/json";

/** Codes of google.rpc.Code; clients go by the HTTP status. */
const rpcCodes: Record<number, number> = { 400: 3, 401: 16, 403: 7, 404: 5, 413: 3, 415: 3, 429: 8, 503: 14 };
const internal = 13;

/** `refused` 0 and no message is full success, which has no `partialSuccess`. */
export function encodeAnswer(type: string, refused: number, message: string): Buffer {
  const partial = refused > 0 || message !== "";
  if (type === jsonType)
    return json(partial ? { partialSuccess: { rejectedSpans: String(refused), errorMessage: message } } : {});
  return partial
    ? field(1, Buffer.concat([varintField(1, refused), textField(2, message)]))
    : Buffer.alloc(0);
}

export function encodeStatus(type: string, { status, title, detail }: Problem): Buffer {
  const code = rpcCodes[status] ?? internal;
  const message = detail ?? title;
  if (type === jsonType) return json({ code, message });
  return Buffer.concat([varintField(1, code), textField(2, message)]);
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** A zero is absent in proto3. */
function varintField(number: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(number * 8), varint(value)]);
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function textField(number: number, text: string): Buffer {
  return field(number, Buffer.from(text));
}
