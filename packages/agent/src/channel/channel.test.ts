import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  fromAgent,
  microsPerSecond,
  serviceName,
  serviceVerbs,
  type ChannelRequestMessage,
  type FromAgent,
  type FromHub,
} from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { systemClock, type Clock } from "../clock.ts";
import { AuditLog } from "../control/audit-log.ts";
import { Channel } from "./channel.ts";
import { LossyWay } from "../testing/lossy-way.ts";
import { MachineIdentity } from "./machine-identity.ts";
import { RequestGate } from "./request-gate.ts";
import { channelRequest } from "./requests.ts";
import { SeenRequests } from "./seen-requests.ts";

let server: WebSocketServer;
let sockets: WebSocket[];
let authorizations: (string | undefined)[];
let received: FromAgent[];
/** The status that a new connection is answered with; null: it is let in. */
let refuse: number | null;
let channel: Channel;
let stopping: AbortController;
let running: Promise<void>;
let waits: number[];
let dataDir: string;
let done: unknown[];
/** Ends the request that is held. */
let release: (() => void) | null;
let errors: string[];
let secret: string;

/** Seconds are hundredths here; waits before a new connection are noted. */
const hurried: Clock = {
  ...systemClock,
  after(seconds, action) {
    waits.push(seconds);
    return systemClock.after(seconds / 100, action);
  },
};

beforeEach(async () => {
  sockets = [];
  authorizations = [];
  received = [];
  waits = [];
  done = [];
  errors = [];
  dataDir = await mkdtemp(join(tmpdir(), "culprit-channel-"));
  refuse = null;
  secret = "secret";
  server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    path: "/api/v1/channel",
    verifyClient: (_info, answer) =>
      refuse === null ? answer(true) : answer(false, refuse, "", { "retry-after": "40" }),
  });
  server.on("connection", (socket, request) => {
    sockets.push(socket);
    authorizations.push(request.headers.authorization);
    socket.on("message", (data) => received.push(fromAgent.parse(JSON.parse((data as Buffer).toString()))));
  });
  await once(server, "listening");
  await start();
});

/** The agent's end with what it keeps in its data folder; a second one is the agent after a restart. */
async function start(hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`): Promise<void> {
  const log = { info: () => {}, warn: () => {}, error: (text: string) => errors.push(text) };
  const acting = { acts: true, schema: z.strictObject({ unit: serviceName, verb: z.enum(serviceVerbs) }) };
  stopping = new AbortController();
  const identity = await MachineIdentity.open(dataDir, secret);
  channel = new Channel({
    hub,
    token: () => secret,
    agentVersion: "1",
    bootId: "boot",
    told: `${"0".repeat(32)}.-.-.boot`,
    identity,
    gate: new RequestGate({
      requests: {
        status: channelRequest({ schema: z.undefined(), acts: false, handle: () => ({ fine: true }) }),
        act: channelRequest({ ...acting, handle: (args) => done.push(args) }),
        hold: channelRequest({
          schema: z.undefined(),
          acts: false,
          handle: () => new Promise<void>((resolve) => (release = resolve)),
        }),
        wait: channelRequest({ ...acting, schema: z.undefined(), handle: () => forever }),
      },
      identity,
      seen: await SeenRequests.open(join(dataDir, "seen-requests"), hurried),
      audit: new AuditLog(join(dataDir, "audit.log"), hurried, log),
      clock: hurried,
    }),
    clock: hurried,
    random: () => 0.5,
    log,
  });
  running = channel.run(stopping.signal);
}

const forever = new Promise(() => {});

afterEach(async () => {
  stopping.abort();
  await running;
  server.close();
  await rm(dataDir, { recursive: true });
});

const tell = (message: FromHub) => sockets.at(-1)!.send(JSON.stringify(message));
const welcome: FromHub = { type: "welcome", hubVersion: "1", pingSeconds: 10, machine: "m_7" };
const soon = () => (Date.now() + 60_000) * 1000;
let numbered = 0;

/** A connection that the hub has welcomed: the first, if no other number is given. */
async function welcomed(connections = 1): Promise<void> {
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(connections);
  tell(welcome);
}

/** A good request, but for what is given; resolves to its answer. */
async function ask(given: Partial<ChannelRequestMessage> = {}) {
  const request = { id: `r${++numbered}`, machine: "m_7", name: "act", expiresAt: soon(), ...given };
  const before = received.length;
  tell({ type: "request", arguments: { unit: "apache2", verb: "restart" }, ...request });
  const answered = () =>
    received.slice(before).find((message) => message.type === "answer" && message.id === request.id);
  await expect.poll(answered).toBeTruthy();
  return answered() as Extract<FromAgent, { type: "answer" }>;
}

const audited = async () =>
  (await readFile(join(dataDir, "audit.log"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { outcome: string; request: string; detail: string; id: string });

test("it authenticates, says hello, answers pings and what it was asked", async () => {
  await expect.poll(() => received.map(({ type }) => type)).toEqual(["hello"]);
  expect(authorizations).toEqual(["Bearer secret"]);
  tell(welcome);
  await expect.poll(() => channel.isOpen).toBe(true);
  tell({ type: "ping", id: "p1" });
  await expect.poll(() => received[1]).toMatchObject({ type: "pong", id: "p1" });
  expect(await ask({ name: "status", arguments: undefined })).toMatchObject({
    ok: true,
    result: { fine: true },
  });
  expect(await ask({ id: "once", by: "ana" })).toMatchObject({ ok: true });
  expect(done).toEqual([{ unit: "apache2", verb: "restart" }]);
  expect(await audited()).toMatchObject([
    {
      outcome: "begun",
      request: "act",
      id: "once",
      by: "ana",
      arguments: { unit: "apache2", verb: "restart" },
    },
    { outcome: "done", request: "act", id: "once" },
  ]);
  expect((await stat(join(dataDir, "audit.log"))).mode & 0o777).toBe(0o600);
});

const hour = 3600 * microsPerSecond;

test.each<[string, Partial<ChannelRequestMessage>, string]>([
  ["an unknown name", { name: "reboot" }, "unknown-request"],
  ["a name that every object has", { name: "toString" }, "unknown-request"],
  ["one that has expired", { expiresAt: Date.now() * 1000 - hour }, "expired"],
  ["one that claims to be valid for long", { expiresAt: Date.now() * 1000 + 2 * hour }, "expired"],
  ["one for another machine", { machine: "m_8" }, "other-machine"],
  ["an unknown verb", { arguments: { unit: "apache2", verb: "mask" } }, "bad-arguments"],
  ["a path as unit", { arguments: { unit: "../../x", verb: "stop" } }, "bad-arguments"],
  ["an option as unit", { arguments: { unit: "-H host", verb: "stop" } }, "bad-arguments"],
  ["a command as unit", { arguments: { unit: "x;reboot", verb: "stop" } }, "bad-arguments"],
  ["more than it takes", { arguments: { unit: "x", verb: "stop", shell: "sh" } }, "bad-arguments"],
  ["none of what it takes", { arguments: undefined }, "bad-arguments"],
  ["a login in an address", { machine: "m_8", arguments: { url: "https://a:s3cret@b/" } }, "other-machine"],
])("%s is refused and audited", async (_, given, code) => {
  await welcomed();
  expect(await ask(given)).toMatchObject({ ok: false, result: { code } });
  expect(done).toEqual([]);
  expect(await audited()).toMatchObject([{ outcome: "refused", detail: expect.stringContaining(code) }]);
  expect(JSON.stringify(await audited())).not.toContain("s3cret");
});

test("nothing is done before the welcome, nor for a hub that takes this machine for another than before", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  expect(await ask()).toMatchObject({ result: { code: "not-welcomed" } });
  tell(welcome);
  expect(await ask()).toMatchObject({ ok: true });
  sockets[0]!.terminate();
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  tell({ ...welcome, machine: "m_8" });
  expect(await ask({ machine: "m_8" })).toMatchObject({ result: { code: "not-welcomed" } });
  expect(done).toHaveLength(1);
});

test("a request is done once: not again when it is repeated, nor after the agent was started anew", async () => {
  await welcomed();
  const expiresAt = soon();
  expect(await ask({ id: "once", expiresAt })).toMatchObject({ ok: true });
  expect(await ask({ id: "once", expiresAt })).toMatchObject({ result: { code: "replayed" } });
  stopping.abort();
  await running;
  // As if power went while the next line was written.
  await appendFile(join(dataDir, "seen-requests"), '{"id":"cut sh');
  await start();
  await welcomed(2);
  expect(await ask({ id: "once", expiresAt })).toMatchObject({ result: { code: "replayed" } });
  expect(await ask({ id: "other" })).toMatchObject({ ok: true });
  expect(done).toHaveLength(2);
  expect((await audited()).map(({ outcome }) => outcome)).toEqual([
    "begun",
    "done",
    "refused",
    "refused",
    "begun",
    "done",
  ]);
});

test("of a flood few are taken, and the audit keeps room for what was done", async () => {
  await welcomed();
  for (let n = 0; n < 8; n++)
    tell({ type: "request", id: `w${n}`, machine: "m_7", name: "wait", expiresAt: soon() });
  for (let n = 0; n < 500; n++)
    tell({ type: "request", id: `f${n}`, machine: "m_7", name: "status", expiresAt: soon() });
  expect(await ask()).toMatchObject({ result: { code: "busy" } });
  const refused = () => received.filter((message) => message.type === "answer" && !message.ok);
  await expect.poll(() => refused().length, { timeout: 5000 }).toBe(501);
  await expect.poll(async () => (await audited()).length).toBeGreaterThanOrEqual(38);
  const lines = await audited();
  expect(lines.filter(({ outcome }) => outcome === "begun")).toHaveLength(8);
  expect(lines.filter(({ outcome }) => outcome === "refused").length).toBeLessThanOrEqual(60);
});

test("a message of immense length ends the connection and is audited", async () => {
  await welcomed();
  tell({
    type: "request",
    id: "big",
    machine: "m_7",
    name: "act",
    arguments: "x".repeat(300_000),
    expiresAt: soon(),
  });
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  await expect
    .poll(audited)
    .toMatchObject([{ outcome: "refused", detail: expect.stringContaining("longer") }]);
});

test("a hub that stops pinging is taken for gone, and a new connection is made", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  tell(welcome);
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  await expect.poll(() => received.filter(({ type }) => type === "hello").length).toBe(2);
});

test.each(["losesToHub", "losesToAgent"] as const)(
  "a connection that is dead one way (%s) is given up, so are tries that nobody answers, and the agent comes back",
  async (direction) => {
    stopping.abort();
    await running;
    const way = await LossyWay.to((server.address() as AddressInfo).port);
    await start(way.address);
    await welcomed(2);
    await expect.poll(() => channel.isOpen).toBe(true);
    way[direction] = true;
    // The hub goes on pinging: what it says may arrive, what it hears may not.
    const pinging = setInterval(() => tell({ type: "ping", id: "p" }), 20);
    if (direction === "losesToHub") {
      await new Promise((resolve) => setTimeout(resolve, 300));
      sockets.at(-1)!.terminate();
      clearInterval(pinging);
    }
    await expect.poll(() => channel.isOpen, { timeout: 5000 }).toBe(false);
    clearInterval(pinging);
    const tries = waits.filter((seconds) => seconds === 20).length;
    await expect
      .poll(() => waits.filter((seconds) => seconds === 20).length, { timeout: 5000 })
      .toBeGreaterThan(tries + 1);
    expect(way.held).toBeLessThanOrEqual(1);
    way[direction] = false;
    const comesBack = () => {
      // To the newest connection, which may not be there yet.
      tell(welcome);
      return channel.isOpen;
    };
    await expect.poll(comesBack, { timeout: 5000 }).toBe(true);
    await way.close();
  },
);

test("a hub that pings keeps its connection", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  await welcomed();
  for (let id = 0; id < 12; id++) {
    tell({ type: "ping", id: String(id) });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(sockets).toHaveLength(1);
});

test("nonsense ends the connection, not the agent", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  sockets[0]!.send("nonsense");
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
});

test("with another token a new connection is there before the old one ends, and what was asked on that is answered there", async () => {
  const isWelcomed = (connection: number) => {
    if (sockets.length >= connection) tell({ ...welcome, pingSeconds: 600 });
    return channel.isOpen;
  };
  await expect.poll(() => isWelcomed(1), { timeout: 5000 }).toBe(true);
  const before = sockets.at(-1)!;
  const count = sockets.length;
  secret = "another";
  release = null;
  tell({ type: "request", id: "slow", machine: "m_7", name: "hold", expiresAt: soon() });
  await expect.poll(() => release).toBeTruthy();
  channel.renew();
  expect(await ask({ name: "status", arguments: undefined })).toMatchObject({ ok: true });
  expect(sockets).toHaveLength(count);
  release!();
  await expect.poll(() => authorizations.at(-1), { timeout: 5000 }).toBe("Bearer another");
  expect(received.some((message) => message.type === "answer" && message.id === "slow")).toBe(true);
  expect([before.readyState, channel.isOpen]).toEqual([WebSocket.OPEN, true]);
  await expect
    .poll(() => isWelcomed(count + 1) && before.readyState, { timeout: 5000 })
    .toBe(WebSocket.CLOSED);
  expect(await ask({ name: "status", arguments: undefined })).toMatchObject({ ok: true });
  expect(channel.isOpen).toBe(true);
});

test("a token that is not accepted is tried seldom", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  refuse = 401;
  sockets[0]!.terminate();
  await expect.poll(() => waits, { timeout: 5000 }).toContain(40 + 30);
});

test("a hub that has too many at once is given the time that it asks for, and a little more by chance", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  refuse = 503;
  sockets[0]!.terminate();
  await expect.poll(() => waits.find((wait) => wait >= 40), { timeout: 5000 }).toBe(41);
});

test("a hub that closes because of another agent, or another version, is asked seldom, and the log says why once", async () => {
  await welcomed();
  sockets.at(-1)!.close(4003, "another agent speaks with this machine's token");
  await expect.poll(() => waits.some((seconds) => seconds >= 30), { timeout: 5000 }).toBe(true);
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  sockets.at(-1)!.close(4003, "another agent speaks with this machine's token");
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(3);
  expect(errors).toEqual(["the hub closes the channel: another agent speaks with this machine's token"]);
  expect(received.find(({ type }) => type === "hello")).toMatchObject({
    identity: `${"0".repeat(32)}.-.-.boot`,
  });
});
