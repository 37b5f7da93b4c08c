/** Checks from the API to their results: by an agent, and by the hub itself. */
import { once } from "node:events";
import { createServer as createSite } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import {
  assignedChecks,
  type AssignedCheck,
  type AuditEntry,
  type Check,
  type CheckResult,
  type FromHub,
  type Problem,
  type SeriesAnswer,
} from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;
let web2: typeof web1;
let server: Server;
let port: number;
let sequence = 0;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z", { checks: { internalTargets: ["127.0.0.1"] } });
  web1 = await machineUnderTest(tested, "web-1");
  web2 = await machineUnderTest(tested, "web-2");
  server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  tested.hub.channels.stop();
  await tested.close();
});
beforeEach(async () => {
  tested.clock.set("2026-11-23T03:00:00Z");
  for (const { checkId } of tested.hub.checks.all()) await tested.hub.checks.remove(checkId);
});

const memory = { kind: "memory" };

async function make(body: object): Promise<Check> {
  const { status, body: made } = await tested.ask("POST", "/checks", { body });
  expect(status, JSON.stringify(made)).toBe(200);
  return made as Check;
}
const read = async (): Promise<Check[]> =>
  ((await tested.ask("GET", "/checks")).body as { items: Check[] }).items;
const results = async (query = ""): Promise<CheckResult[]> =>
  ((await tested.ask("GET", `/checks/results${query}`)).body as { items: CheckResult[] }).items;

function columns(check: string, ...rows: [seconds: number, state: number, text: string][]) {
  const start = Date.parse("2026-11-23T03:00:00Z") * 1000;
  return {
    check: rows.map(() => check),
    at: rows.map(([seconds]) => start + seconds * 1_000_000),
    state: rows.map(([, state]) => state),
    durationSeconds: rows.map(() => 0.5),
    text: rows.map(([, , text]) => text),
    numbers: rows.map(() => JSON.stringify([{ label: "used", value: 41.5, unit: "%" }])),
  };
}

describe("what an agent checks", () => {
  test("is believed after its retries, and a late result changes nothing", async () => {
    const { id } = await make({ name: "memory", machine: "web-1", target: memory, retries: 1 });
    expect((await read())[0]).toMatchObject({ state: null, since: null, last: null, machine: "web-1" });
    const deliver = async (...rows: [number, number, string][]) => {
      const answer = await web1.upload(sampleBatch(++sequence, { checkResults: columns(id, ...rows) }));
      expect(answer.acknowledgements[0]).toMatchObject({ status: "stored", rejected: [] });
      await tested.hub.checks.settle();
      return (await read())[0]!;
    };
    expect(await deliver([0, 0, "41.5% is used"])).toMatchObject({
      state: "ok",
      since: "2026-11-23T03:00:00.000000Z",
    });
    expect(await deliver([60, 2, "99% is used"])).toMatchObject({ state: "ok", last: { state: "critical" } });
    expect(await deliver([65, 2, "99% is used"])).toMatchObject({
      state: "critical",
      since: "2026-11-23T03:01:00.000000Z",
    });
    expect(await deliver([30, 0, "late"])).toMatchObject({ state: "critical" });
    tested.clock.set("2026-11-23T03:10:00Z");
    expect((await results(`?check=${id}&size=2`)).map(({ text }) => text)).toEqual([
      "99% is used",
      "99% is used",
    ]);
    expect(await results("?check=memory")).toHaveLength(4);
  });

  test("another machine's, or nonsense, is set aside, and the rest is kept", async () => {
    const { id } = await make({ name: "memory", machine: "web-1", target: memory });
    const foreign = await web2.upload(sampleBatch(1, { checkResults: columns(id, [0, 2, "hostile"]) }));
    expect(foreign.acknowledgements[0]).toMatchObject({
      status: "stored",
      rejected: [{ part: "checkResults", index: 0, detail: "check: no check of this machine" }],
    });
    const odd = columns(id, [0, 9, "no state"], [1, 0, "\u001b[31mgood\u001b[0m"], [10 ** 9, 0, "far ahead"]);
    odd.numbers[1] = "[]";
    const answer = await web1.upload(sampleBatch(++sequence, { checkResults: odd }));
    expect(answer.acknowledgements[0]!.rejected.map(({ index }) => index)).toEqual([0, 2]);
    tested.clock.set("2026-11-23T03:10:00Z");
    expect((await results("?check=memory")).map(({ text }) => text)).toEqual(["good"]);
    const broken = await web1.upload(sampleBatch(++sequence, { checkResults: { check: ["c_1"] } }));
    expect(broken.acknowledgements[0]!.rejected).toHaveLength(1);
  });

  test("reaches it when it connects and at each change, and it is asked to look now", async () => {
    await tested.app.listen({ host: "127.0.0.1", port: 0 });
    await make({ name: "memory", machine: "web-1", target: memory });
    const lists: AssignedCheck[][] = [];
    const agent = new WebSocket(
      `ws://127.0.0.1:${(tested.app.server.address() as AddressInfo).port}/api/v1/channel`,
      { headers: web1.headers },
    );
    agent.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as FromHub;
      if (message.type !== "request") return;
      const answer = (result: unknown) =>
        agent.send(JSON.stringify({ type: "answer", id: message.id, ok: true, result }));
      if (message.name === "checks") {
        lists.push(assignedChecks.parse(message.arguments).checks);
        answer({});
      } else if (message.name === "check")
        answer({
          checkId: "c_999",
          at: "2026-11-23T03:00:00Z",
          state: "warning",
          durationSeconds: 1,
          text: "looked",
          numbers: [],
        });
    });
    await once(agent, "open");
    agent.send(JSON.stringify({ type: "hello", protocol: 1, agentVersion: "1", bootId: "b", clock: 0 }));
    await expect.poll(() => lists.length).toBe(1);
    const { id } = await make({ name: "disk", machine: "web-1", target: { kind: "disk" } });
    expect(lists[1]!.map(({ name }) => name)).toEqual(["memory", "disk"]);
    expect((await tested.ask("POST", `/checks/${id}/run`)).body).toMatchObject({
      checkId: id,
      text: "looked",
    });
    await tested.ask("POST", "/checks/memory/stop");
    expect(lists[2]!.map(({ name }) => name)).toEqual(["disk"]);
    expect((await tested.ask("POST", "/checks/memory/run")).status).toBe(409);
    await tested.ask("PATCH", `/checks/${id}`, { body: { intervalSeconds: 5, name: "disks" } });
    expect(lists[3]).toMatchObject([{ name: "disks", intervalSeconds: 5 }]);
    // Nothing new, nothing said.
    await tested.hub.assignments.tellAll([web1.machineId]);
    expect(lists).toHaveLength(4);
    agent.terminate();
    await expect.poll(() => tested.hub.channels.connected(web1.machineId)).toBe(false);
    expect((await tested.ask("POST", `/checks/${id}/run`)).body).toMatchObject({
      code: "machine-not-connected",
    });
    const { items } = (await tested.ask("GET", "/audit?what=check.run")).body as { items: AuditEntry[] };
    expect(items.map(({ who, machine, target, outcome }) => [who, machine, target, outcome])).toEqual([
      ["tester", "web-1", "disks", "refused"],
      ["tester", "web-1", "memory", "refused"],
      ["tester", "web-1", "disk", "done"],
    ]);
  });
});

describe("what the hub checks", () => {
  test("is probed when it is due, is believed, and is a series of the hub", async () => {
    await make({ name: "port", target: { kind: "tcp", host: "127.0.0.1", port } });
    tested.hub.hubProbes.tick();
    await tested.hub.hubProbes.settled();
    await tested.hub.checks.settle();
    tested.clock.set("2026-11-23T03:00:01Z");
    expect((await read())[0]).toMatchObject({ state: "ok", last: { state: "ok" } });
    expect((await read())[0]).not.toHaveProperty("machine");
    const { body } = await tested.ask(
      "GET",
      "/metrics/series?metric=culprit.check.state&metric=culprit.check.value&machine=hub",
    );
    expect((body as SeriesAnswer).series).toMatchObject([
      { machine: "hub", metric: "culprit.check.state", attributes: { check: "port" }, values: [0] },
      { metric: "culprit.check.value", attributes: { check: "port", label: "connect" }, unit: "s" },
    ]);
  });

  test("goes to no internal address that the settings do not list, whatever its name", async () => {
    await make({ name: "inside", target: { kind: "tcp", host: "127.0.0.2", port }, retries: 0 });
    const { body } = await tested.ask("POST", "/checks/inside/run");
    expect(body).toMatchObject({
      state: "unknown",
      text: expect.stringMatching(/^127\.0\.0\.2 may not be reached from here: .*internalTargets/),
    });
  });

  test("a machine's own state is not for it to see", async () => {
    const { status, body } = await tested.ask("POST", "/checks", {
      body: { name: "memory", target: memory },
    });
    expect(status).toBe(400);
    expect((body as Problem).detail).toContain("needs a machine");
  });
});

test("a login and a token in an address are used by the probe alone, and never told again", async () => {
  const asked: (string | undefined)[] = [];
  const queries: (string | undefined)[] = [];
  const site = createSite((request, response) => {
    asked.push(request.headers.authorization);
    queries.push(request.url);
    response.end("well");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const place = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  const target = { kind: "http", url: `http://ops:s3cret@${place}/health?token=t0ken` };
  const basic = `Basic ${Buffer.from("ops:s3cret").toString("base64")}`;
  const { id, target: told } = await make({ name: "site", target });
  expect(told).toMatchObject({ url: `http://***:***@${place}/health?token=***` });
  const change = (url: string) =>
    tested.ask("PATCH", `/checks/${id}`, { body: { target: { kind: "http", url } } });
  await tested.ask("POST", `/checks/${id}/run`);
  expect((await change(`http://***:***@${place}/other?token=***`)).status).toBe(200);
  await tested.ask("POST", `/checks/${id}/run`);
  expect(asked).toEqual([basic, basic]);
  expect(queries).toEqual(["/health?token=t0ken", "/other?token=t0ken"]);
  expect((await change("http://***:***@elsewhere.example/")).body).toMatchObject({
    code: "invalid-request",
  });
  expect((await tested.ask("POST", "/checks", { body: { name: "new", target: told } })).body).toMatchObject({
    code: "invalid-request",
  });
  tested.clock.set("2026-11-23T03:01:00Z");
  for (const url of ["/checks", "/checks/results", "/audit"])
    expect(JSON.stringify((await tested.ask("GET", url)).body)).not.toMatch(/s3cret|t0ken/);
  expect((await change(`http://${place}/health`)).body).toMatchObject({
    target: { url: `http://${place}/health` },
  });
  await tested.ask("POST", `/checks/${id}/run`);
  expect(asked[2]).toBeUndefined();
  site.close();
});

test("the basic set is four checks, and those that are there stay as they are", async () => {
  await make({ name: "Memory", machine: "web-1", target: memory, intervalSeconds: 300 });
  const { body } = await tested.ask("POST", "/checks/basic", {
    body: { machine: "web-1", service: "httpd" },
  });
  expect(
    (body as { items: Check[] }).items.map(({ name, intervalSeconds }) => [name, intervalSeconds]),
  ).toEqual([
    ["cpu", 60],
    ["Memory", 300],
    ["disk", 60],
    ["httpd", 60],
  ]);
  expect(await read()).toHaveLength(4);
});

test("names are one per machine; viewers look, operators change; who did it is audited", async () => {
  await make({ name: "a", machine: "web-1", target: memory });
  await make({ name: "a", machine: "web-2", target: memory });
  expect(
    (await tested.ask("POST", "/checks", { body: { name: "A", machine: "web-1", target: memory } })).status,
  ).toBe(409);
  expect((await tested.ask("POST", "/checks/a/stop")).body).toMatchObject({ code: "ambiguous" });
  const { token } = await tested.hub.access.issue({ kind: "user", name: "reader", role: "viewer" });
  const viewer = { authorization: `Bearer ${token}` };
  expect((await tested.ask("GET", "/checks?machine=web-2", { headers: viewer })).body).toMatchObject({
    items: [{}],
  });
  for (const url of ["/checks/a/run", "/checks/a/stop", "/checks/basic"])
    expect((await tested.ask("POST", url, { headers: viewer, body: {} })).status).toBeGreaterThanOrEqual(400);
  const [first] = await read();
  expect((await tested.ask("DELETE", `/checks/${first!.id}`, { headers: viewer })).status).toBe(403);
  expect((await tested.ask("DELETE", `/checks/${first!.id}`)).status).toBe(204);
  const { body } = await tested.ask("GET", "/audit?limit=1");
  expect(body).toMatchObject({
    items: [{ what: "check.remove", target: "a", machine: "web-1", who: "tester" }],
  });
});
