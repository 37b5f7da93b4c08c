import { limits, ProblemError } from "@culprit/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { encodeAnswer, encodeStatus } from "./otlp-answer.ts";
import { readJsonRequest } from "./otlp-json.ts";
import { readProtobuf } from "./otlp-protobuf.ts";

const most = limits.itemsPerRequest;

const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
const long = (field: number, content: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(content);
  const head = [...varint(BigInt(field * 8 + 2)), ...varint(BigInt(bytes.length))];
  return Buffer.concat([Buffer.from(head), bytes]);
};
const number = (field: number, value: bigint) =>
  Buffer.from([...varint(BigInt(field * 8)), ...varint(value)]);
const fixed64 = (field: number, value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([Buffer.from(varint(BigInt(field * 8 + 1))), bytes]);
};
const all = (pieces: Uint8Array[]) => Buffer.concat(pieces);

const traceId = "5b8efff798038103d269b633813fc60c";
const spanId = "eee19b7ec3c1b174";
const startNanos = 1_795_749_540_123_456_789n;
const parts = [
  long(1, Buffer.from(traceId, "hex")),
  long(2, Buffer.from(spanId, "hex")),
  long(5, "a name"),
  number(6, 2n),
  fixed64(7, startNanos),
  fixed64(8, startNanos + 1_000_000_000n),
];
const message = (span: Buffer, resource = Buffer.alloc(0)) =>
  long(1, all([long(1, resource), long(2, long(2, span))]));
const keyValue = (key: string, value: Buffer) => all([long(1, key), long(2, value)]);
const one = (...more: Buffer[]) => readProtobuf(message(all([...parts, ...more])), most).spans[0];

describe("a protobuf request", () => {
  test("is read to the microsecond, in whichever order its fields come", () => {
    const expected = {
      traceId,
      spanId,
      parentSpanId: null,
      name: "a name",
      kind: "server",
      startedAt: 1_795_749_540_123_456,
      endedAt: 1_795_749_541_123_456,
      failed: false,
    };
    expect(one()).toMatchObject(expected);
    expect(readProtobuf(message(all(parts.toReversed())), most).spans).toMatchObject([expected]);
  });

  test("gives up its resource even if that comes last", () => {
    const resource = long(1, keyValue("host.name", long(1, "web-1")));
    const late = long(1, all([long(2, long(2, all(parts))), long(1, resource)]));
    expect(readProtobuf(late, most).spans[0]?.resource.get("host.name")).toBe("web-1");
  });

  test("gives up the attributes that are asked for, whatever else it holds", () => {
    const nested = (depth: number): Buffer =>
      depth === 0 ? long(1, "deep") : long(5, long(1, nested(depth - 1)));
    const read = one(
      long(9, keyValue("http.route", long(1, "/x"))),
      long(9, keyValue("http.response.status_code", number(3, 503n))),
      long(9, keyValue("http.request.body", long(1, "secret"))),
      long(9, keyValue("error.type", nested(5000))),
      long(9, keyValue("url.path", Buffer.alloc(0))),
      number(1000, 7n),
      long(15, number(3, 2n)),
    );
    expect([...read!.attributes]).toEqual([
      ["http.route", "/x"],
      ["http.response.status_code", 503],
    ]);
    expect(read?.failed).toBe(true);
  });

  test.each([
    ["cut short", all(parts).subarray(0, -3)],
    ["with a text that is not UTF-8", all([...parts, long(5, Buffer.from([0xc3, 0x28]))])],
    ["with a field without a number", all([...parts, Buffer.from([0x02, 0x00])])],
    ["with a group", all([...parts, Buffer.from([0x0b, 0x0c])])],
    [
      "with a number that does not end",
      all([...parts, Buffer.from([0x30, ...Array<number>(11).fill(0xff)])]),
    ],
    ["with a length past everything", all([...parts, Buffer.from([0x4a, ...varint(2n ** 63n)])])],
  ])("%s is refused whole", (_what, span) => {
    expect(() => readProtobuf(message(span), most)).toThrow(ProblemError);
  });

  test("of 8 MiB of the smallest fields is read, or refused after the first of them, on each level", () => {
    const fields = (pattern: number[]) => Buffer.alloc(8 * 1024 * 1024, Buffer.from(pattern));
    expect(readProtobuf(fields([0x10, 0x00]), most).spans).toEqual([]);
    expect(readProtobuf(message(fields([0x4a, 0x00])), most).refused.get("no valid trace id")).toBe(1);
    for (const empties of [fields([0x0a, 0x00]), long(1, fields([0x12, 0x00]))])
      expect(() => readProtobuf(empties, most)).toThrow(/more than 10000 spans/);
  });

  test.prop([fc.uint8Array({ maxLength: 400 })])("of any bytes is read or refused, never worse", (bytes) => {
    try {
      readProtobuf(Buffer.from(bytes), most);
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
    }
  });

  test.prop([fc.nat(200), fc.integer({ min: 0, max: 255 })])(
    "with any byte changed is read or refused, never worse",
    (place, byte) => {
      const bytes = message(all([...parts, long(9, keyValue("http.route", long(1, "/x")))]));
      bytes[place % bytes.length] = byte;
      try {
        for (const span of readProtobuf(bytes, most).spans) expect(span.traceId).toHaveLength(32);
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
      }
    },
  );
});

describe("a JSON request", () => {
  const spanOf = (more: object) => ({
    traceId: traceId.toUpperCase(),
    spanId,
    name: "a name",
    kind: 2,
    startTimeUnixNano: String(startNanos),
    endTimeUnixNano: String(startNanos + 1_000_000_000n),
    ...more,
  });
  const requestOf = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

  test("says the same as the protobuf one; null is absent, unknown names are ignored", () => {
    const { spans } = readJsonRequest(
      requestOf(spanOf({ parentSpanId: null, status: null, colour: 1 })),
      most,
    );
    expect(spans).toEqual([one()]);
  });

  test("of more empty parts than a request may hold spans is refused after the first of them", () => {
    const empties = Array.from({ length: 2 * most + 1 }, () => ({}));
    for (const body of [{ resourceSpans: empties }, { resourceSpans: [{ scopeSpans: empties }] }])
      expect(() => readJsonRequest(body, most)).toThrow(/more than 10000 spans/);
  });

  test("gives up attributes of all kinds of values; lists, maps and nonsense are left out", () => {
    const attributes = [
      { key: "http.route", value: { stringValue: "/x" } },
      { key: "http.response.status_code", value: { intValue: "503" } },
      { key: "http.status_code", value: { intValue: 200 } },
      { key: "error.type", value: { arrayValue: { values: [] } } },
      { key: "url.path", value: { intValue: "many" } },
      { key: "db.system" },
      { key: "http.request.body", value: { stringValue: "secret" } },
    ];
    const { spans } = readJsonRequest(requestOf(spanOf({ attributes })), most);
    expect(Object.fromEntries(spans[0]!.attributes)).toEqual({
      "http.route": "/x",
      "http.response.status_code": 503,
      "http.status_code": 200,
    });
  });

  test.prop([fc.jsonValue()])("of any JSON is read or refused, never worse", (value) => {
    for (const body of [
      value,
      { resourceSpans: value },
      requestOf(value),
      requestOf(spanOf({ attributes: value })),
    ])
      try {
        readJsonRequest(body, most);
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
      }
  });
});

describe("an answer", () => {
  test("of full success holds nothing in either encoding", () => {
    expect(encodeAnswer("application/x-protobuf", 0, "")).toHaveLength(0);
    expect(encodeAnswer("application/json", 0, "").toString()).toBe("{}");
  });

  test("of partial success has the number of refused spans and the reason", () => {
    expect(encodeAnswer("application/x-protobuf", 300, "why").toString("hex")).toBe(
      // partial_success, 8 bytes: rejected_spans 300, error_message of 3 bytes.
      `0a0808ac021203${Buffer.from("why").toString("hex")}`,
    );
    expect(JSON.parse(encodeAnswer("application/json", 300, "why").toString())).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: "why" },
    });
  });

  test("of an error is a Status with code and message", () => {
    const { problem } = new ProblemError("store-unavailable", "later");
    expect(encodeStatus("application/json", problem).toString()).toBe('{"code":14,"message":"later"}');
    expect(encodeStatus("application/x-protobuf", problem).toString("hex")).toBe(
      `080e1205${Buffer.from("later").toString("hex")}`,
    );
  });
});
