import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fromAgent, microsPerSecond, type FromAgent, type FromHub } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { systemClock, type Clock } from "../clock.ts";
import { Channel } from "./channel.ts";

let server: WebSocketServer;
let sockets: WebSocket[];
let authorizations: (string | undefined)[];
let received: FromAgent[];
let refuse: boolean;
let channel: Channel;
let stopping: AbortController;
let running: Promise<void>;
let waits: number[];

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
  refuse = false;
  server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    path: "/api/v1/channel",
    verifyClient: (_info, answer) => answer(!refuse, refuse ? 401 : undefined),
  });
  server.on("connection", (socket, request) => {
    sockets.push(socket);
    authorizations.push(request.headers.authorization);
    socket.on("message", (data) => received.push(fromAgent.parse(JSON.parse((data as Buffer).toString()))));
  });
  await once(server, "listening");
  stopping = new AbortController();
  channel = new Channel({
    hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    token: "secret",
    agentVersion: "1",
    bootId: "boot",
    requests: { status: () => ({ fine: true }) },
    clock: hurried,
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  running = channel.run(stopping.signal);
});

afterEach(async () => {
  stopping.abort();
  await running;
  server.close();
});

const tell = (message: FromHub) => sockets.at(-1)!.send(JSON.stringify(message));
const welcome: FromHub = { type: "welcome", hubVersion: "1", pingSeconds: 10 };

test("it authenticates, says hello, answers pings and known requests, and refuses others", async () => {
  await expect.poll(() => received.map(({ type }) => type)).toEqual(["hello"]);
  expect(authorizations).toEqual(["Bearer secret"]);
  tell(welcome);
  await expect.poll(() => channel.isOpen).toBe(true);
  tell({ type: "ping", id: "p1" });
  const expiresAt = (Date.now() + 60_000) * 1000;
  tell({ type: "request", id: "r1", name: "status", expiresAt });
  tell({ type: "request", id: "r2", name: "toString", expiresAt });
  tell({ type: "request", id: "r3", name: "status", expiresAt: expiresAt - 3600 * microsPerSecond });
  await expect.poll(() => received.length).toBe(5);
  const answers = received
    .slice(1)
    .toSorted((a, b) => ("id" in a && "id" in b ? a.id.localeCompare(b.id) : 0));
  expect(answers).toMatchObject([
    { type: "pong", id: "p1" },
    { type: "answer", id: "r1", ok: true, result: { fine: true } },
    { type: "answer", id: "r2", ok: false },
    { type: "answer", id: "r3", ok: false },
  ]);
});

test("a hub that stops pinging is taken for gone, and a new connection is made", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  tell(welcome);
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  await expect.poll(() => received.filter(({ type }) => type === "hello").length).toBe(2);
});

test("a hub that pings keeps its connection", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  tell(welcome);
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

test("a token that is not accepted is tried seldom", async () => {
  await expect.poll(() => sockets.length).toBe(1);
  refuse = true;
  sockets[0]!.terminate();
  await expect.poll(() => waits, { timeout: 5000 }).toContain(30);
});
