/** Orders for services: who may give them, what is said of each outcome, and what stands in the audit after. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Allowed, AuditEntry, FromHub, Problem, ServiceOutcome } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";

type Asked = Extract<FromHub, { type: "request" }>;

let tested: HubUnderTest;
let agent: WebSocket;
let asked: Asked[];
/** What the agent says to a request; null: nothing at all. */
let reply: (request: Asked) => { ok: boolean; result: unknown } | null;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
  const web1 = await machineUnderTest(tested, "web-1");
  await machineUnderTest(tested, "web-2");
  const { port } = tested.app.server.address() as AddressInfo;
  agent = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers: web1.headers });
  asked = [];
  agent.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as FromHub;
    // The list of its checks is told to every agent that connects.
    if (message.type !== "request" || message.name === "checks") return;
    asked.push(message);
    const answer = reply(message);
    if (answer) agent.send(JSON.stringify({ type: "answer", id: message.id, ...answer }));
  });
  await once(agent, "open");
  agent.send(JSON.stringify({ type: "hello", protocol: 1, agentVersion: "1", bootId: "b", clock: 0 }));
  await once(agent, "message");
});
afterAll(async () => {
  agent.terminate();
  tested.hub.channels.stop();
  await tested.close();
});

const outcome: ServiceOutcome = {
  unit: "apache2",
  verb: "restart",
  ok: true,
  exitCode: 0,
  state: "running",
  durationSeconds: 1.5,
  output: "fine",
};
const restart = "/machines/web-1/services/apache2/restart";
const refusal = (code: string, detail: string) => () => ({ ok: false, result: { code, detail } });
const audited = async () =>
  ((await tested.ask("GET", "/audit?limit=1")).body as { items: AuditEntry[] }).items[0];

test("an order reaches the machine by name, with whom it is for, and its outcome is answered and audited", async () => {
  reply = () => ({ ok: true, result: { ...outcome, output: "\u001b[1mfine\u001b[0m" } });
  expect(await tested.ask("POST", restart)).toEqual({ status: 200, body: outcome });
  expect(asked.at(-1)).toMatchObject({
    name: "service",
    arguments: { unit: "apache2", verb: "restart" },
    by: "tester",
  });
  expect(await audited()).toEqual({
    at: "2026-11-23T03:00:00.000000Z",
    who: "tester",
    what: "service.restart",
    machine: "web-1",
    target: "apache2",
    outcome: "done",
    detail: "exit status 0, now running",
  });
  reply = () => ({ ok: true, result: { ...outcome, ok: false, exitCode: 1, state: "failed" } });
  expect(await tested.ask("POST", restart)).toMatchObject({ status: 200, body: { ok: false } });
  expect(await audited()).toMatchObject({ outcome: "failed", detail: "exit status 1, now failed" });
});

test.each([
  ["not allowed there", refusal("not-allowed", "not listed"), 403, "not-allowed-there", "refused"],
  ["already busy", refusal("busy", "wait"), 409, "machine-busy", "refused"],
  ["expired", refusal("expired", "too late"), 409, "machine-refused", "refused"],
  ["of another unit", () => ({ ok: true, result: { ...outcome, unit: "sshd" } }), 504, "no-answer", "failed"],
  ["nonsense", () => ({ ok: true, result: "<script>" }), 504, "no-answer", "failed"],
] as const)(
  "an answer that is %s is told by its code and audited",
  async (_, said, status, code, written) => {
    reply = said;
    expect(await tested.ask("POST", restart)).toMatchObject({ status, body: { code } });
    expect(await audited()).toMatchObject({ what: "service.restart", outcome: written });
  },
);

test("a machine that is unknown, or not connected, is told apart", async () => {
  const order = async (machine: string) => {
    const { status, body } = await tested.ask("POST", `/machines/${machine}/services/apache2/stop`);
    return [status, (body as Problem).code];
  };
  expect(await order("web-9")).toEqual([404, "not-found"]);
  expect(await order("web-2")).toEqual([409, "machine-not-connected"]);
  // Another hub of this store heard of it.
  tested.hub.fleet.heard(tested.hub.fleet.machine("web-2").machineId);
  const elsewhere = await tested.ask("POST", "/machines/web-2/services/apache2/stop");
  expect(elsewhere.body).toMatchObject({
    code: "machine-not-connected",
    detail: expect.stringContaining("its channel is not open to this hub"),
  });
  expect(await audited()).toMatchObject({ machine: "web-2", outcome: "refused" });
});

test("what a machine does not answer in time is not known, and said to be", async () => {
  reply = () => null;
  const { channels } = tested.hub;
  const { machineId } = tested.hub.fleet.machine("web-1");
  await expect(channels.request(machineId, "service", {}, { timeoutSeconds: 0.05 })).rejects.toMatchObject({
    problem: { code: "no-answer", status: 504 },
  });
});

test("only operators give orders, no page of another site can, and nothing is done by GET", async () => {
  const before = asked.length;
  const { token } = await tested.hub.access.issue({ kind: "user", name: "eye", role: "viewer" });
  const headers = { authorization: `Bearer ${token}` };
  expect((await tested.ask("POST", restart, { headers })).status).toBe(403);
  expect((await tested.ask("GET", restart)).status).toBe(404);
  const session = await tested.hub.access.issue({ kind: "session", name: "ana", role: "operator" });
  const foreign = { cookie: `culprit_session=${session.token}`, origin: "https://evil.example" };
  const answer = await tested.app.inject({ method: "POST", url: `/api/v1${restart}`, headers: foreign });
  expect([answer.statusCode, answer.json<Problem>().code]).toEqual([403, "cross-site"]);
  for (const path of ["apache2/mask", "..%2F..%2Fx/stop", "-H%20host/stop", "x%3Breboot/stop"])
    expect((await tested.ask("POST", `/machines/web-1/services/${path}`)).status).toBe(400);
  expect(asked).toHaveLength(before);
});

test("viewers see what a machine allows; what it says is taken as hostile", async () => {
  const answer: Allowed = {
    services: [{ unit: "apache2", state: "running", verbs: ["restart"] }],
    commands: ["disk-root"],
    benchmarks: ["cpu-integer"],
    probes: ["10.0.0.0/8"],
  };
  reply = () => ({ ok: true, result: answer });
  expect(await tested.ask("GET", "/machines/web-1/services")).toEqual({ status: 200, body: answer });
  reply = () => ({
    ok: true,
    result: { ...answer, services: [{ unit: "../x", state: "running", verbs: [] }] },
  });
  expect((await tested.ask("GET", "/machines/web-1/services")).status).toBe(504);
});
