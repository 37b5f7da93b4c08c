/** The calls of the old client, by real HTTP. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { FromHub } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;
let address: string;
let viewer: string;
let operator: string;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z", { legacy: { enabled: ["checks"] } });
  web1 = await machineUnderTest(tested, "web-1");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
  address = `http://127.0.0.1:${(tested.app.server.address() as AddressInfo).port}`;
  const token = async (role: "viewer" | "operator") =>
    (await tested.hub.access.issue({ kind: "user", name: role, role })).token;
  viewer = await token("viewer");
  operator = await token("operator");
});
afterAll(async () => {
  tested.hub.channels.stop();
  await tested.close();
});

async function call(path: string, token = operator, method = "GET") {
  const answer = await fetch(`${address}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("start makes the loop's four checks run, stop stops them, with a slash or without", async () => {
  expect(await call("/v1.0/checks/start")).toMatchObject({ status: 200 });
  expect(tested.hub.checks.of(web1.machineId).map(({ name, running }) => [name, running])).toEqual([
    ["cpu", true],
    ["memory", true],
    ["disk", true],
    ["httpd", true],
  ]);
  expect(await call("/v1.0/checks/stop/")).toMatchObject({ status: 200 });
  expect(tested.hub.checks.of(web1.machineId).filter(({ running }) => running)).toEqual([]);
});

test("the list and the history have the loop's columns, the newest first", async () => {
  const ids = tested.hub.checks.of(web1.machineId).map(({ checkId }) => `c_${checkId}`);
  const start = Date.parse("2026-11-23T02:50:00Z") * 1000;
  const looks = [0, 1, 2].flatMap((minute) =>
    ids.map((check, place) => ({ check, at: start + minute * 60_000_000 + place, place, minute })),
  );
  const { acknowledgements } = await web1.upload(
    sampleBatch(1, {
      checkResults: {
        check: looks.map(({ check }) => check),
        at: looks.map(({ at }) => at),
        state: looks.map(({ place, minute }) => (place === 3 && minute === 2 ? 2 : 0)),
        durationSeconds: looks.map(() => 0.1),
        text: looks.map(() => "x"),
        numbers: looks.map(({ place, minute }) =>
          JSON.stringify(place === 3 ? [] : [{ label: "used", value: 10 * place + minute, unit: "%" }]),
        ),
      },
    }),
  );
  expect(acknowledgements[0]).toMatchObject({ status: "stored", rejected: [] });
  const { body } = await call("/v1.0/checks", viewer);
  expect(body["checks"]).toMatchObject([
    { cpu: 2, memory: 12, disk: 22, httpd: "down", time: expect.stringMatching(/^2026-11-23T02:52/) },
    { cpu: 1, memory: 11, disk: 21, httpd: "up" },
    { cpu: 0, memory: 10, disk: 20, httpd: "up" },
  ]);
  expect((await call("/v1.0/checks/cpu/history?size=2", viewer)).body).toEqual({ cpu: [2, 1] });
  expect((await call("/v1.0/checks/httpd/history/", viewer)).body).toEqual({ httpd: ["down", "up", "up"] });
  expect((await call("/v1.0/checks/disk/history?size=9", viewer)).body).toEqual({ disk: [22, 21, 20] });
  expect((await call("/v1.0/checks/cpu/history?size=x", viewer)).status).toBe(400);
  expect((await call("/v1.0/checks/swap/history", viewer)).status).toBe(404);
});

test("what could not be looked at is told to be unknown, and other checks of the same kind are not mixed in", async () => {
  const [cpu, , disk, httpd] = tested.hub.checks.of(web1.machineId).map(({ checkId }) => `c_${checkId}`);
  const target = { kind: "disk", mountPoint: "/home" };
  const { body } = await tested.ask("POST", "/checks", { body: { name: "home", machine: "web-1", target } });
  const home = (body as { id: string }).id;
  const check = [cpu, disk, httpd, home];
  const at = Date.parse("2026-11-23T02:58:00Z") * 1000;
  const { acknowledgements } = await web1.upload(
    sampleBatch(2, {
      checkResults: {
        check,
        at: check.map(() => at),
        state: [3, 0, 3, 0],
        durationSeconds: check.map(() => 0.1),
        text: check.map(() => "x"),
        numbers: ["[]", ...[50, null, 99].map((value) => (value === null ? "[]" : used(value)))],
      },
    }),
  );
  expect(acknowledgements[0]).toMatchObject({ status: "stored", rejected: [] });
  const { checks } = (await call("/v1.0/checks", viewer)).body as { checks: object[] };
  expect(checks[0]).toEqual({ disk: 50, httpd: "unknown", time: expect.stringMatching(/^2026-11-23T02:58/) });
  expect((await call("/v1.0/checks/cpu/history?size=1", viewer)).body).toEqual({ cpu: [2] });
  expect((await call("/v1.0/checks/disk/history?size=2", viewer)).body).toEqual({ disk: [50, 22] });
});

const used = (value: number) => JSON.stringify([{ label: "used", value, unit: "%" }]);

test("the service is started on the machine itself, by its name there", async () => {
  const asked: unknown[] = [];
  const agent = new WebSocket(`${address.replace("http", "ws")}/api/v1/channel`, { headers: web1.headers });
  agent.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as FromHub;
    if (message.type !== "request") return;
    if (message.name === "service") asked.push(message.arguments);
    const order = message.arguments as object;
    const result = { ...order, ok: true, exitCode: 0, state: "running", durationSeconds: 1, output: "" };
    agent.send(JSON.stringify({ type: "answer", id: message.id, ok: true, result }));
  });
  await once(agent, "open");
  agent.send(JSON.stringify({ type: "hello", protocol: 1, agentVersion: "1", bootId: "b", clock: 0 }));
  await expect.poll(() => tested.hub.channels.connected(web1.machineId)).toBe(true);
  expect((await call("/v1.0/checks/start/httpd")).body).toEqual({ msg: "httpd running", ok: true });
  expect((await call("/v1.0/checks/stop/httpd/")).status).toBe(200);
  expect(asked).toEqual([
    { unit: "httpd", verb: "start" },
    { unit: "httpd", verb: "stop" },
  ]);
  agent.terminate();
});

test("a GET that changes something takes a token with the right, and never a session", async () => {
  expect((await call("/v1.0/checks/start", viewer)).status).toBe(403);
  expect((await call("/v1.0/checks/stop/httpd", viewer)).status).toBe(403);
  expect((await fetch(`${address}/v1.0/checks/start`)).status).toBe(401);
  expect(
    (await fetch(`${address}/v1.0/checks/start`, { headers: { cookie: `culprit_session=${operator}` } }))
      .status,
  ).toBe(401);
  expect((await fetch(`${address}/t/${operator}/v1.0/checks`)).status).toBe(200);
});

test("the collection itself can't be changed", async () => {
  for (const method of ["POST", "PUT", "DELETE"])
    expect((await call("/v1.0/checks", operator, method)).status).toBe(501);
});
