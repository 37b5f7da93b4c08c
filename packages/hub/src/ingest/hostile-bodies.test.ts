import { randomBytes } from "node:crypto";
import { connect, type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { limits, type IntakeMarks, type Problem, type SeriesAnswer } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { executionBatch, machineUnderTest, oneRun, sampleBatch } from "../test/machine-under-test.ts";
import { readBody } from "./body.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;

const now = "2026-11-23T03:00:00Z";
/** Each test has a machine of its own. */
let numbered = 0;

beforeAll(async () => {
  tested = await hubUnderTest(now);
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
});
beforeEach(async () => {
  tested.clock.set(now);
  web1 = await machineUnderTest(tested, `web-${++numbered}`);
});
afterAll(() => tested.close());

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 10) {
    if (what()) return;
    await sleep(10);
  }
  throw new Error("it did not happen within five seconds");
}

const post = (payload: string, type = "application/json") =>
  tested.app.inject({
    method: "POST",
    url: "/api/v1/executions",
    headers: { ...web1.headers, "content-type": type },
    payload,
  });

/** Sends a beginning of a body and never its end. */
async function hold(
  head: readonly string[],
  bytes: number,
  { path = "/api/v1/intake", length = 8_000_000, localAddress = "127.0.0.1" } = {},
) {
  const { port } = tested.app.server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  const lines = [`POST ${path} HTTP/1.1`, "Host: hub", `Content-Length: ${length}`, ...head];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes, 32));
  return socket;
}

test("what a sender that left had sent is given back", async () => {
  const head = [`Authorization: ${web1.headers.authorization}`, "Content-Type: application/x-ndjson"];
  const socket = await hold(head, 3_000_000);
  await until(() => tested.hub.bodies.held >= 3_000_000);
  socket.destroy();
  await until(() => tested.hub.bodies.held === 0);
  expect((await web1.upload(executionBatch(1, [oneRun("run-1")]))).status).toBe(200);
});

test("one machine whose bodies never end does not keep another out", async () => {
  const web2 = await machineUnderTest(tested, `other-${numbered}`);
  const head = [`Authorization: ${web1.headers.authorization}`, "Content-Type: application/x-ndjson"];
  const sockets = await Promise.all(Array.from({ length: 8 }, () => hold(head, 7_900_000)));
  await until(() => tested.hub.bodies.held > 16_000_000);
  await sleep(300);
  expect(tested.hub.bodies.held).toBeLessThanOrEqual(24 * 1024 * 1024);
  expect((await web2.upload(executionBatch(1, [oneRun("run-1")]))).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(() => tested.hub.bodies.held === 0);
});

test("strangers whose bodies never end, wherever they come from, keep nobody out who has a token", async () => {
  const door = { path: "/checkin/sentry/api/1/envelope/", length: 1024 * 1024 };
  const sockets = await Promise.all(
    Array.from({ length: 60 }, (_, at) => hold([], 10, { ...door, localAddress: `127.0.0.${2 + (at % 3)}` })),
  );
  await sleep(500);
  expect((await web1.upload(executionBatch(1, [oneRun("run-1")]))).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test("a long body has all of its room from its first byte on, so that it is not refused half read", async () => {
  const head = [`Authorization: ${web1.headers.authorization}`, "Content-Type: application/x-ndjson"];
  const socket = await hold(head, 10);
  await until(() => tested.hub.bodies.held > 0);
  expect(tested.hub.bodies.held).toBe(8_000_000);
  socket.destroy();
  await until(() => tested.hub.bodies.held === 0);
});

test("long bodies are inflated one after the other, each with room for the most that may come out", async () => {
  const limit = 8 * 1024 * 1024;
  const encoded = gzipSync(randomBytes(100_000));
  let inflating = 0;
  let most = 0;
  const lease = {
    take: (bytes: number) => {
      if (bytes === limit) most = Math.max(most, ++inflating);
    },
    giveBack: (bytes: number) => {
      expect(bytes).toBe(limit - 100_000);
      inflating--;
    },
    release: () => {},
  };
  const read = () => readBody(Readable.from([encoded]), { "content-encoding": "gzip" }, { limit, lease });
  const bodies = await Promise.all(Array.from({ length: 5 }, read));
  expect(bodies.map(({ length }) => length)).toEqual(Array.from({ length: 5 }, () => 100_000));
  expect([inflating, most]).toEqual([0, 1]);
});

test("who is not signed in can't send a long body", async () => {
  const answer = await tested.app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { "content-type": "application/json" },
    payload: JSON.stringify({ once: "x".repeat(17_000) }),
  });
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toMatchObject({ code: "too-large", limit: 16 * 1024 });
});

test("JSON that would take many times its bytes in memory is refused before it is read", async () => {
  for (const payload of ["[".repeat(4e6) + "]".repeat(4e6), `[${"{},".repeat(250_000)}{}]`]) {
    const begun = performance.now();
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: "invalid-request" });
    expect(performance.now() - begun).toBeLessThan(1000);
  }
  const brackets = oneRun("brackets", { process: `"[${"{[".repeat(80)}\\` });
  expect((await post(JSON.stringify(brackets))).statusCode).toBe(200);
});

test("an object with very many members is refused before it is read, and long names are not told whole", async () => {
  const named = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, 1]));
  for (const run of [named(1001), [named(3), named(1001)], oneRun("x", { attributes: named(1001) })]) {
    const refused = await post(JSON.stringify(run));
    expect(refused.json()).toMatchObject({
      code: "invalid-request",
      detail: "the body is an object with more than 1000 members",
    });
  }
  const colons = oneRun("colons", { output: ":".repeat(5000) });
  expect((await post(JSON.stringify([colons, ...Array(100).fill(named(900))]))).json()).toMatchObject({
    detail: expect.stringMatching(/^item 1/),
  });
  const long = { ["n".repeat(200_000)]: 1 };
  const runs = [oneRun("a", long), oneRun("b", { attributes: long })];
  const posted = await post(JSON.stringify(runs));
  expect(posted.statusCode).toBe(400);
  expect(posted.body.length).toBeLessThan(5000);
  const { acknowledgements, body } = await web1.upload(executionBatch(1, runs));
  expect(acknowledgements[0]!.rejected).toHaveLength(2);
  expect(JSON.stringify(body).length).toBeLessThan(5000);
  const kept = await tested.hub.store.intake.deadLetters(web1.machineId, 10);
  expect(JSON.stringify(kept).length).toBeLessThan(10_000);
});

test("of attributes the first thing that is wrong is told, and no other is looked for", async () => {
  const attributes = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, value]));
  const faultsOf = async (all: object) =>
    (await post(JSON.stringify(oneRun("x", { attributes: all })))).json<Problem>().items;
  const fault = (detail: string) => [{ index: 0, path: "/attributes", detail }];
  expect(await faultsOf(attributes(900, null))).toEqual(fault("more than 32 attributes"));
  expect(await faultsOf(attributes(32, []))).toEqual(fault("n0: no string or number or boolean"));
  expect((await post(JSON.stringify(oneRun("x", { attributes: attributes(32, "good") })))).statusCode).toBe(
    200,
  );
  const series = [900, 16].map((count) => ({ ...load, attributes: attributes(count, 7) }));
  const points = { series: [], at: [], value: [], intervalSeconds: [] };
  const { acknowledgements } = await web1.upload(sampleBatch(1, { series, points }));
  expect(acknowledgements[0]!.rejected.map(({ detail }) => detail)).toEqual([
    "attributes: more than 16 attributes",
    "attributes: n0: no string",
  ]);
});

test("a deeply nested row costs its batch and not the upload", async () => {
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const line = JSON.stringify(executionBatch(1, ["HERE"])).replace('"HERE"', nested);
  const { status, acknowledgements } = await web1.upload(line, executionBatch(1, [oneRun("run-1")]));
  expect(status).toBe(200);
  expect(acknowledgements.map((one) => one.status)).toEqual(["refused", "stored"]);
});

test("of millions of lines none is read past the limit of items", async () => {
  const answer = await post("1\n".repeat(3_000_000), "application/x-ndjson");
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toMatchObject({
    code: "too-many-items",
    limit: limits.itemsPerRequest,
    detail: `more than ${limits.itemsPerRequest} items`,
  });
});

const load = { metric: "system.linux.load", attributes: {}, unit: "1", type: "gauge" };
const taken = { metric: "system.network.io", attributes: {}, unit: "By", type: "counter" };
const at = Date.parse("2026-11-23T02:59:50Z") * 1000;
const pointsOf = (rows: readonly { series?: number; value: number; seconds?: number }[]) => ({
  series: rows.map(({ series = 0 }) => series),
  at: rows.map(() => at),
  value: rows.map(({ value }) => value),
  intervalSeconds: rows.map(({ seconds = 0 }) => seconds),
});

test("absurd values are named, and the series of all machines stay readable", async () => {
  const rows = [
    { value: 1e308 },
    { value: -1e308 },
    { series: 1, value: 1, seconds: 1e308 },
    { series: 1, value: 1, seconds: 1e-308 },
    { series: 1, value: 1, seconds: -5 },
    { value: 1e18 },
    { series: 1, value: 1e18, seconds: 0.001 },
    { value: -0 },
  ];
  const { acknowledgements } = await web1.upload(
    sampleBatch(1, { series: [load, taken], points: pointsOf(rows) }),
  );
  expect(acknowledgements[0]!.rejected.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  const query = "metric=system.linux.load&metric=system.network.io";
  const { status, body } = await tested.ask("GET", `/metrics/series?${query}`);
  expect(status).toBe(200);
  expect((body as SeriesAnswer).series.map(({ values }) => values)).toEqual([[5e17], [1e21]]);
});

test("an answer names a thousand bad rows at most, and counts the others", async () => {
  const rows = Array.from({ length: 50_000 }, () => ({ series: 7, value: 1 }));
  const { acknowledgements } = await web1.upload(sampleBatch(1, { series: [load], points: pointsOf(rows) }));
  const { rejected } = acknowledgements[0]!;
  expect(rejected).toHaveLength(1001);
  expect(rejected.at(-1)!.detail).toContain("49000 more rows");
  expect(await tested.hub.store.intake.deadLetters(web1.machineId, 5000)).toHaveLength(100);
});

test("a part of too many rows is set aside as a whole", async () => {
  const rows = Array.from({ length: limits.rowsPerPart + 1 }, () => ({ value: 1 }));
  const { acknowledgements } = await web1.upload(sampleBatch(1, { series: [load], points: pointsOf(rows) }));
  expect(acknowledgements[0]).toMatchObject({ status: "stored", rows: 0 });
  expect(acknowledgements[0]!.rejected).toMatchObject([{ part: "points", index: -1 }]);
});

test("a machine that sends bad rows without end fills the store with a day's allowance of them", async () => {
  const bad = (sequence: number) =>
    executionBatch(
      sequence,
      Array.from({ length: 100 }, () => ({})),
    );
  await web1.upload(...Array.from({ length: 25 }, (_, index) => bad(index + 1)));
  expect(await tested.hub.store.intake.deadLetters(web1.machineId, 5000)).toHaveLength(2000);
  tested.clock.set("2026-11-24T03:00:01Z");
  await web1.upload(bad(26));
  expect(await tested.hub.store.intake.deadLetters(web1.machineId, 5000)).toHaveLength(2100);
});

test("a machine that begins a stream for every batch keeps the marks of its newest thousand", async () => {
  const begin = (from: number, count: number) =>
    web1.upload(
      ...Array.from({ length: count }, (_, index) => ({
        ...executionBatch(1, []),
        stream: `stream-${String(from + index).padStart(6, "0")}`,
      })),
    );
  await begin(0, 900);
  tested.clock.set("2026-11-23T03:00:10Z");
  await begin(900, 900);
  const { body } = await web1.upload(executionBatch(1, []));
  expect(body.marks).toHaveLength(1000);
  expect((body as IntakeMarks).marks.map(({ stream }) => stream)).toContain("stream-001799");
});

test("an address that can't be decoded is a problem, too", async () => {
  const answer = await tested.app.inject({ url: "/api/v1/machines/%ff" });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
  expect(answer.json()).toMatchObject({ code: "invalid-request" });
});
