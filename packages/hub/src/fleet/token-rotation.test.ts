/** A machine's token is replaced: what the order, the present and the next token are good for, and what is told of it. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  identityHeader,
  makeMachineToken,
  writeAgentIdentity,
  type AuditEntry,
  type FromHub,
  type Machine,
  type Problem,
  type TokenRotated,
} from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";

type Asked = Extract<FromHub, { type: "request" }>;
type Reply = (order: string) => Promise<{ ok: boolean; result: unknown }>;

let tested: HubUnderTest;
let web: Awaited<ReturnType<typeof machineUnderTest>>;
let agent: WebSocket;
let reply: Reply;
let name: string;
let numbered = 0;
const asked: Asked[] = [];

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  tested.hub.channels.stop();
  await tested.close();
});

const digits = (digit: string) => digit.repeat(32);
const identity = (digit: string) =>
  writeAgentIdentity({
    instance: digits(digit),
    machineId: `${String(numbered).padStart(2, "0")}${digit.repeat(30)}`,
    productUuid: null,
    bootId: digit,
  });

beforeEach(async () => {
  name = `web-${++numbered}`;
  web = await machineUnderTest(tested, name);
  tested.clock.set("2026-11-23T03:00:00Z");
  reply = async (order) => {
    const next = makeMachineToken();
    expect(await register(web.token, order, next)).toBe(204);
    expect(await confirm(next)).toBe(204);
    return { ok: true, result: { rotated: true } };
  };
  const { port } = tested.app.server.address() as AddressInfo;
  agent = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers: web.headers });
  agent.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as FromHub;
    if (message.type !== "request" || message.name !== "rotate-token") return;
    asked.push(message);
    const { order } = message.arguments as { order: string };
    void reply(order).then((said) => agent.send(JSON.stringify({ type: "answer", id: message.id, ...said })));
  });
  await once(agent, "open");
  const hello = { type: "hello", protocol: 1, agentVersion: "1", bootId: "b", clock: 0 };
  agent.send(JSON.stringify({ ...hello, identity: identity("a") }));
  await once(agent, "message");
});

const call = async (method: "GET" | "POST", url: string, token: string, body?: object, who = "a") => {
  const headers = { authorization: `Bearer ${token}`, [identityHeader]: identity(who) };
  const payload = body ? { payload: body } : {};
  const answer = await tested.app.inject({ method, url: `/api/v1${url}`, headers, ...payload });
  return answer.statusCode;
};
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
const register = (token: string, order: string, next: string, who = "a") =>
  call("POST", "/machine-token/next", token, { order, hash: hashOf(next) }, who);
const confirm = (token: string) => call("POST", "/machine-token/confirm", token);
const uploads = (token: string, who = "a") => call("GET", "/intake", token, undefined, who);
const rotate = (of = name) => tested.ask("POST", `/machines/${of}/token/rotate`);
const machineTokens = async () =>
  (await tested.hub.access.tokens("machine")).filter(({ machineId }) => machineId === web.machineId);
const audited = async () =>
  ((await tested.ask("GET", "/audit")).body as { items: AuditEntry[] }).items.filter(
    ({ machine }) => machine === name,
  );

test("an order has the agent make a token, which is the machine's only one then; both sides of it are audited", async () => {
  const before = await uploads(web.token);
  const { status, body } = await rotate();
  const { token, machine } = body as TokenRotated;
  expect([before, status, machine]).toEqual([200, 200, name]);
  expect(await machineTokens()).toMatchObject([{ tokenId: Number(token.slice(2)), expiresAt: null }]);
  expect(await uploads(web.token)).toBe(401);
  const [order, replaced] = await audited();
  expect(order).toMatchObject({ what: "machine.rotate-token", who: "tester", outcome: "done" });
  expect(replaced).toMatchObject({ what: "machine.token-replaced", who: name, outcome: "done" });
  expect(replaced!.detail).toContain(`${token}, ordered by tester`);
  const { order: secret } = asked.at(-1)!.arguments as { order: string };
  expect(JSON.stringify([body, await audited()])).not.toContain(secret.slice(10));
});

test("while it is replaced the old token works for all, the next one for its confirmation alone, the order for nothing", async () => {
  reply = async (order) => {
    const next = makeMachineToken();
    expect([await confirm(next), await uploads(order)]).toEqual([401, 401]);
    expect([await register(web.token, order, next), await register(web.token, order, next)]).toEqual([
      204, 204,
    ]);
    expect(await register(web.token, order, makeMachineToken())).toBe(404);
    expect([await uploads(web.token), await uploads(next)]).toEqual([200, 403]);
    expect(await call("GET", "/session", next)).toBe(403);
    expect([await confirm(next), await confirm(next), await uploads(next)]).toEqual([204, 204, 200]);
    return { ok: true, result: { rotated: true } };
  };
  expect((await rotate()).status).toBe(200);
});

test("nobody can make of a stolen token one of their own: not without an order, nor with another machine's or an old one", async () => {
  const stranger = await machineUnderTest(tested, `other-${numbered}`);
  const wish = { kind: "rotation", name, machineId: web.machineId, validSeconds: 600 } as const;
  const { token: order } = await tested.hub.access.issue(wish);
  expect(await register(web.token, makeMachineToken(), makeMachineToken())).toBe(404);
  expect(await register(stranger.token, order, makeMachineToken())).toBe(404);
  expect(await register(web.token, order, stranger.token)).toBe(404);
  // The one that is there can't end others by confirming itself.
  expect(await confirm(web.token)).toBe(204);
  const next = makeMachineToken();
  expect(await register(web.token, order, next)).toBe(204);
  tested.clock.set("2026-11-23T03:10:00Z");
  expect([await confirm(next), await uploads(web.token)]).toEqual([401, 200]);
  expect(await machineTokens()).toHaveLength(1);
});

test("of two computers with one token the machine's own gets the new one, and that the other was there is over", async () => {
  await uploads(web.token);
  tested.clock.set("2026-11-23T03:00:10Z");
  expect(await uploads(web.token, "b")).toBe(409);
  tested.clock.set("2026-11-23T03:00:20Z");
  await uploads(web.token);
  const conditions = async () => ((await tested.ask("GET", `/machines/${name}`)).body as Machine).conditions;
  expect(await conditions()).toMatchObject([{ code: "duplicate-identity" }]);
  const honest = reply;
  reply = async (order) => {
    expect(await register(web.token, order, makeMachineToken(), "b")).toBe(409);
    return honest(order);
  };
  expect((await rotate()).status).toBe(200);
  expect([await uploads(web.token, "b"), await conditions()]).toEqual([401, undefined]);
});

test("which of two computers is the machine's own is decided by a person before either gets a new token", async () => {
  agent.terminate();
  tested.clock.set("2026-11-23T03:02:00Z");
  expect(await uploads(web.token, "b")).toBe(200);
  const { status, body } = await rotate();
  expect([status, (body as Problem).code]).toEqual([409, "conflict"]);
});

test.each([
  ["that is too old to know", "unknown-request", "upgrade it"],
  ["that can't", "failed", "given by its settings"],
])("an agent %s says so, and nothing has changed", async (_, code, detail) => {
  reply = async () => ({ ok: false, result: { code, detail: "its token is given by its settings" } });
  const { status, body } = await rotate();
  expect([status, (body as Problem).code]).toEqual([409, "machine-refused"]);
  expect((body as Problem).detail).toContain(detail);
  expect(await uploads(web.token)).toBe(200);
  expect(await tested.hub.access.tokens("rotation")).toEqual([]);
  expect((await audited())[0]).toMatchObject({ what: "machine.rotate-token", outcome: "refused" });
});

test("an agent that says it has done what it has not is not believed; one that is away is told to be", async () => {
  reply = async () => ({ ok: true, result: { rotated: true } });
  expect((await rotate()).body).toMatchObject({ code: "no-answer" });
  expect(await uploads(web.token)).toBe(200);
  agent.terminate();
  await expect.poll(() => tested.hub.channels.connected(web.machineId)).toBe(false);
  expect((await rotate()).body).toMatchObject({ code: "machine-not-connected" });
  const { token } = await tested.hub.access.issue({ kind: "user", name: "eye", role: "viewer" });
  expect(await call("POST", `/machines/${name}/token/rotate`, token)).toBe(403);
});

test("a channel that was opened with a token that has ended is closed", async () => {
  const { channels, access } = tested.hub;
  const close = () => channels.closeEnded((tokenIds) => access.held(tokenIds));
  await close();
  expect(channels.connected(web.machineId)).toBe(true);
  const closed = once(agent, "close");
  await rotate();
  await close();
  expect([channels.connected(web.machineId), (await closed)[0]]).toEqual([false, 1008]);
});
