import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { parseInstant, type Execution } from "@culprit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubSettingsInput } from "../settings.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;

const now = "2026-11-23T03:00:00Z";
const at = (seconds: number) => new Date(Date.parse(now) - 60_000 + seconds * 1000);

async function start(settings: HubSettingsInput = {}) {
  tested = await hubUnderTest(now, settings);
  web1 = await machineUnderTest(tested, "web-1");
}

beforeEach(() => start());
afterEach(() => tested.close());

type Sent = { status: number; type: string; body: string };

async function post(payload: Buffer | string, type: string, headers: Record<string, string> = {}) {
  const answer = await tested.app.inject({
    method: "POST",
    url: "/v1/traces",
    headers: { ...web1.headers, "content-type": type, ...headers },
    payload,
  });
  const sent: Sent = {
    status: answer.statusCode,
    type: String(answer.headers["content-type"]),
    body: answer.body,
  };
  return sent;
}

const postJson = (body: unknown, headers?: Record<string, string>) =>
  post(JSON.stringify(body), "application/json", headers);

const nanos = (date: Date) => `${date.getTime()}000000`;

function span(id: string, more: object = {}) {
  return {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: id.padStart(16, "0"),
    name: `work ${id}`,
    kind: 1,
    startTimeUnixNano: nanos(at(0)),
    endTimeUnixNano: nanos(at(1)),
    ...more,
  };
}

const requestOf = (spans: object[], resource: Record<string, string> = {}) => ({
  resourceSpans: [
    {
      resource: {
        attributes: Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } })),
      },
      scopeSpans: [{ spans }],
    },
  ],
});

async function executions(query = ""): Promise<Execution[]> {
  const { body } = await tested.ask("GET", `/executions?limit=200${query}`);
  return (body as { items: Execution[] }).items.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

describe.each(["http/protobuf", "http/json"])("the OpenTelemetry SDK by %s", (protocol) => {
  const program = fileURLToPath(new URL("../../../../examples/traces/shop.mjs", import.meta.url));

  /** Runs the example as the shell would; answers what it says of its spans. */
  async function shop(compression = "none") {
    tested.clock.set(new Date().toISOString());
    await tested.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = tested.app.server.address() as AddressInfo;
    const env = {
      PATH: process.env["PATH"],
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=${encodeURIComponent(web1.headers.authorization)}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { env });
    expect(stderr).toBe("");
    tested.clock.set(new Date().toISOString());
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; startTime: Time; endTime: Time });
  }
  type Time = [number, number];
  const micros = ([seconds, nanos]: Time) => seconds * 1_000_000 + Math.floor(nanos / 1000);

  test("a request with its steps, and a job, are there once, with right names, times and outcomes", async () => {
    const sent = await shop("gzip");
    const all = await executions();
    expect(all).toHaveLength(4);
    const [request, query, rows, job] = ["POST /orders/:id", "SELECT cards", "rows", "nightly invoices"].map(
      (name) => all.find(({ process, step }) => (step ?? process) === name),
    );
    const { id, process } = request!;
    expect(id).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
    expect(request).toMatchObject({
      kind: "web",
      process: "POST /orders/:id",
      machine: "web-1",
      outcome: "failed",
      attributes: { "service.name": "shop", "service.version": "1.4.0", "http.response.status_code": 503 },
    });
    expect(request).not.toHaveProperty("step");
    expect(query).toMatchObject({ process, step: "SELECT cards", parentId: id, outcome: "ok" });
    expect(rows).toMatchObject({ process, step: "rows", parentId: id, kind: "web" });
    expect(job).toMatchObject({ kind: "job", process: "nightly invoices", outcome: "failed" });
    expect(
      [request, query, rows, job].map((one) => [parseInstant(one!.startedAt), parseInstant(one!.endedAt!)]),
    ).toEqual(sent.map(({ startTime, endTime }) => [micros(startTime), micros(endTime)]));
    // What may be a customer's is in no answer: queries, statements, messages of errors. (Ids may hold any digits.)
    const texts = all.map(({ process, step, attributes }) => ({ process, step, attributes }));
    expect(JSON.stringify(texts)).not.toMatch(/4111|4711/);
  });

  test("while the hub is too busy the SDK tries again, and each span counts once", async () => {
    const leases = ["others", "still others"].map((sender) => tested.hub.bodies.lease(sender));
    for (const lease of leases) lease.take(tested.hub.settings.limits.bodiesInMemoryBytes / 2);
    let refused = 0;
    tested.app.addHook("onSend", async (_request, reply) => {
      if (reply.statusCode !== 503) return;
      refused++;
      expect(reply.getHeader("retry-after")).toBe(2);
      for (const lease of leases) lease.release();
    });
    await shop();
    expect(refused).toBe(1);
    expect(await executions()).toHaveLength(4);
  });
});

describe("answers", () => {
  test("full success is an empty message of the request's type, also for an empty request", async () => {
    expect(await postJson(requestOf([span("1")]))).toEqual({
      status: 200,
      type: "application/json",
      body: "{}",
    });
    expect(await postJson({})).toMatchObject({ status: 200, body: "{}" });
    expect(await post(Buffer.alloc(0), "application/x-protobuf")).toEqual({
      status: 200,
      type: "application/x-protobuf",
      body: "",
    });
  });

  test("spans that are none are counted with their reasons, and the others are recorded", async () => {
    const { status, body } = await postJson(
      requestOf([
        span("1"),
        span("2", { traceId: "" }),
        span("3", { traceId: "0".repeat(32) }),
        span("0"),
        span("5", { endTimeUnixNano: undefined }),
        span("6", { endTimeUnixNano: nanos(at(-1)) }),
        span("7", { startTimeUnixNano: "1", endTimeUnixNano: "1000" }),
      ]),
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      partialSuccess: {
        rejectedSpans: "6",
        errorMessage: [
          "no valid trace id (2)",
          "no valid span id (1)",
          "no start or no end (1)",
          "ends before it starts (1)",
          "/startedAt: more than 10 years back (1)",
        ].join("; "),
      },
    });
    expect((await executions()).map(({ process }) => process)).toEqual(["work 1"]);
  });

  test.each([
    ["no JSON", "{", 400, 3],
    ["another message", '{"resourceSpans":[{"scopeSpans":7}]}', 400, 3],
    ["a span that is a text", '{"resourceSpans":[{"scopeSpans":[{"spans":["x"]}]}]}', 400, 3],
  ])("%s is answered as a google.rpc.Status", async (_what, body, status, code) => {
    const answer = await post(body, "application/json");
    expect(answer).toMatchObject({ status, type: "application/json" });
    expect(JSON.parse(answer.body)).toEqual({ code, message: expect.stringMatching(/^the body is no/) });
  });

  test("an error in protobuf is a google.rpc.Status in protobuf", async () => {
    const { status, type, body } = await post(Buffer.from([0x0a, 0x7f]), "application/x-protobuf");
    expect({ status, type }).toEqual({ status: 400, type: "application/x-protobuf" });
    expect(body).toBe(
      "\b\u0003\u0012\u0044the body is no OTLP message: a field that is longer than its message",
    );
  });

  test("without a valid token nothing is read, and the answer is still a Status", async () => {
    const headers = { authorization: "Bearer culprit_m_00000000000000000000000000000000" };
    const answer = await postJson(requestOf([span("1")]), headers);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toEqual({ code: 16, message: expect.any(String) });
    expect(await executions()).toEqual([]);
  });

  test("a viewer may not send traces; other types of body are not taken", async () => {
    const { token } = await tested.hub.access.issue({ kind: "user", name: "reader", role: "viewer" });
    const viewer = { authorization: `Bearer ${token}` };
    expect((await postJson(requestOf([span("1")]), viewer)).status).toBe(403);
    expect((await post("a,b", "text/csv")).status).toBe(415);
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20));
    expect((await post(bomb, "application/json", { "content-encoding": "gzip" })).status).toBe(413);
  });

  test("more spans than one request may hold are refused whole", async () => {
    const spans = Array.from({ length: 10_001 }, () => ({}));
    expect((await postJson(requestOf(spans))).status).toBe(413);
  });
});

describe("which spans become executions", () => {
  const remote = { flags: 0x301, parentSpanId: "00000000000000aa" };
  const local = { flags: 0x101, parentSpanId: "0000000000000001" };
  const all = [
    span("1", { kind: 1, ...remote }),
    span("2", { kind: 2, flags: 1, parentSpanId: "00000000000000aa" }),
    span("3", { kind: 5, ...remote }),
    span("4", { kind: 2, ...local }),
    span("5", { kind: 3, ...local }),
    span("6", { kind: 1, name: "import", ...local }),
    span("7", { kind: 3, ...local, parentSpanId: "0000000000000006" }),
  ];
  const shown = async () =>
    Object.fromEntries(
      (await executions()).map(({ id, step, parentId }) => [
        Number(id.slice(-2)),
        step === undefined ? "execution" : `step of ${Number(parentId!.slice(-2))}`,
      ]),
    );

  test("without a word: where work enters the service", async () => {
    await postJson(requestOf(all));
    expect(await shown()).toEqual({
      1: "execution",
      2: "execution",
      3: "execution",
      4: "step of 1",
      5: "step of 1",
      6: "step of 1",
      7: "step of 1",
    });
  });

  test("only what a service takes, and chosen names, whose steps are theirs", async () => {
    await tested.close();
    await start({ traces: { spans: "server", names: ["Import"] } });
    await postJson(requestOf(all));
    expect(await shown()).toEqual({ 2: "execution", 3: "execution", 6: "execution", 7: "step of 6" });
  });

  test("a person's token needs host.name to name the machine", async () => {
    const { token } = await tested.hub.access.issue({ kind: "user", name: "collector", role: "operator" });
    const headers = { authorization: `Bearer ${token}` };
    const request = {
      resourceSpans: [
        ...requestOf([span("1")], { "host.name": "WEB-1" }).resourceSpans,
        ...requestOf([span("2")], { "host.name": "web-9" }).resourceSpans,
        ...requestOf([span("3")]).resourceSpans,
      ],
    };
    const { body } = await postJson(request, headers);
    expect(JSON.parse(body)).toEqual({
      partialSuccess: {
        rejectedSpans: "2",
        errorMessage: "its resource attribute host.name names no machine of this hub (2)",
      },
    });
    expect((await executions()).map(({ machine }) => machine)).toEqual(["web-1"]);
  });

  test("with a machine's token all spans are of that machine", async () => {
    await postJson(requestOf([span("1")], { "host.name": "web-9" }));
    expect((await executions()).map(({ machine }) => machine)).toEqual(["web-1"]);
  });
});

describe("many requests a second", () => {
  const attributes = [
    { key: "http.request.method", value: { stringValue: "GET" } },
    { key: "http.route", value: { stringValue: "/" } },
  ];
  const request = (n: number, milliseconds: number, more: object = {}) =>
    span(`${n}`, {
      traceId: String(n).padStart(32, "0"),
      kind: 2,
      startTimeUnixNano: nanos(at(n / 1000)),
      endTimeUnixNano: nanos(at((n + milliseconds) / 1000)),
      attributes,
      ...more,
    });
  // 400 in a second, each with a step; one failed, one slow.
  const requests = Array.from({ length: 400 }, (_, n) =>
    request(n + 1, n === 300 ? 2000 : 20, n === 200 ? { status: { code: 2 } } : {}),
  );
  const steps = requests.map((one) => ({
    ...one,
    spanId: "f".repeat(16),
    parentSpanId: one.spanId,
    kind: 1,
    attributes: [],
  }));

  test("are recorded as far as the limit, all failed and slow ones and a sample that says for how many it stands", async () => {
    await postJson(requestOf([...requests, ...steps]));
    const all = await executions();
    const recorded = all.filter(({ step }) => step === undefined);
    expect(recorded.length).toBeGreaterThan(22);
    expect(recorded.length).toBeLessThan(50);
    expect(recorded.map(({ id }) => Number(id.slice(-16)))).toEqual(expect.arrayContaining([201, 301]));
    const stoodFor = recorded.map(({ flags, attributes: said }) => {
      const weight = Number(said?.["sample.weight"] ?? 1);
      expect(flags).toEqual(weight > 1 ? ["sampled"] : []);
      return weight;
    });
    expect(Math.max(...stoodFor)).toBe(100);
    expect(all.length - recorded.length).toBe(recorded.length);
    const counted = tested.hub.counters.text({});
    expect(counted).toContain(`culprit_trace_spans_total{result="sampled-away"} ${400 - recorded.length}`);
  });

  test("and sent again after the store was away are the same ones", async () => {
    const { store } = tested.hub;
    const commit = store.intake.commit.bind(store.intake);
    store.intake.commit = () => Promise.reject(new Error("disk full"));
    expect((await postJson(requestOf(requests))).status).toBe(503);
    store.intake.commit = commit;
    await postJson(requestOf(requests));
    const recorded = (await executions()).map(({ id }) => id);
    expect(recorded.length).toBeGreaterThan(22);
    await postJson(requestOf(requests));
    expect((await executions()).map(({ id }) => id)).toEqual(recorded);
  });
});

describe("steps", () => {
  const steps = async () => (await executions()).filter(({ step }) => step !== undefined);
  const child = (id: number, parent: number, seconds = 0.1) =>
    span(String(id), {
      parentSpanId: String(parent).padStart(16, "0"),
      endTimeUnixNano: nanos(at(seconds)),
    });

  test("that come before and after their run are found, each once however often it is sent", async () => {
    await postJson(requestOf([child(3, 2), child(2, 1)]));
    expect(await executions()).toEqual([]);
    await postJson(requestOf([span("1")]));
    await postJson(requestOf([child(4, 3)]));
    await postJson(requestOf([child(3, 2), child(2, 1), span("1"), child(4, 3)]));
    expect((await executions()).map(({ id }) => id.slice(-2)).toSorted()).toEqual(["01", "02", "03", "04"]);
    expect((await steps()).every(({ parentId }) => parentId!.endsWith("-0000000000000001"))).toBe(true);
  });

  test("past the limit the longest are kept, the run says how many are missing", async () => {
    const children = Array.from({ length: 60 }, (_, n) => child(n + 10, 1, 0.1 + n / 1000));
    await postJson(requestOf([span("1"), ...children]));
    const kept = await steps();
    expect(kept).toHaveLength(50);
    expect(Math.min(...kept.map(({ durationSeconds }) => durationSeconds!))).toBeCloseTo(0.11, 6);
    const run = (await executions()).find(({ step }) => step === undefined);
    expect(run!.attributes).toEqual({ "steps.left_out": 10 });
    await postJson(requestOf([child(99, 1, 5)]));
    expect(await steps()).toHaveLength(50);
    expect(tested.hub.counters.text({})).toContain('culprit_trace_spans_total{result="over-step-limit"} 11');
  });

  test("spans that form a circle, and that wait in vain, do no harm", async () => {
    await postJson(requestOf([child(2, 3), child(3, 2), child(4, 4), child(5, 9)]));
    tested.clock.set("2026-11-23T03:20:00Z");
    await postJson(requestOf([{ ...span("1"), traceId: "a".repeat(32) }]));
    expect(await executions()).toHaveLength(1);
    expect(tested.hub.counters.text({})).toContain('culprit_trace_spans_total{result="without-execution"} 4');
  });

  test("that the store refused are still there when they are sent again", async () => {
    await postJson(requestOf([child(2, 1)]));
    const { store } = tested.hub;
    const commit = store.intake.commit.bind(store.intake);
    store.intake.commit = () => Promise.reject(new Error("disk full"));
    expect((await postJson(requestOf([span("1")]))).status).toBe(503);
    store.intake.commit = commit;
    expect((await postJson(requestOf([span("1")]))).status).toBe(200);
    expect(await executions()).toHaveLength(2);
  });
});
