import { createConnection, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { fromHub, type FromHub, type Machine } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { publicId } from "../public-ids.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;
const open: WebSocket[] = [];

beforeEach(() => begin(0.2));

async function begin(channelPingSeconds: number): Promise<void> {
  tested = await hubUnderTest("2026-11-23T03:00:00Z", { channelPingSeconds });
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
  web1 = await machineUnderTest(tested, "web-1");
}

afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  tested.hub.channels.stop();
  await tested.close();
});

/** An agent's end: what it got, and how it was closed. */
function connect(headers: Record<string, string> = web1.headers, options: ClientOptions = {}) {
  const { port } = tested.app.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers, ...options });
  open.push(socket);
  const got: FromHub[] = [];
  socket.on("message", (data: Buffer) => got.push(fromHub.parse(JSON.parse(data.toString()))));
  const opened = new Promise<string>((resolve) => {
    socket.on("open", () => resolve("open"));
    socket.on("error", (error) => resolve(error.message));
  });
  const closed = new Promise<number>((resolve) => {
    socket.on("close", resolve);
  });
  return { socket, got, opened, closed, say: (message: object) => socket.send(JSON.stringify(message)) };
}

const hello = { type: "hello", protocol: 1, agentVersion: "0.1.0", bootId: "boot", clock: 0 };
const state = async () => (await tested.ask("GET", "/machines/web-1")).body as Machine;

async function until<T>(what: () => T | undefined | false | null): Promise<T> {
  for (let waited = 0; waited < 5000; waited += 10) {
    const found = what();
    if (found) return found;
    await sleep(10);
  }
  throw new Error("it did not happen within five seconds");
}

test("an agent is welcomed and pinged, and its clock is measured over the round trip", async () => {
  const agent = connect();
  expect(await agent.opened).toBe("open");
  expect((await state()).connected).toBe(false);
  agent.say(hello);
  const ping = await until(() => agent.got.find((message) => message.type === "ping"));
  expect(agent.got[0]).toMatchObject({ type: "welcome", pingSeconds: 0.2 });
  expect(await state()).toMatchObject({ connected: true, state: "online" });
  agent.say({ type: "pong", id: ping.id, clock: tested.clock.now() + 90_000_000 });
  await until(() => tested.hub.channels.roundTripSeconds(web1.machineId) !== null);
  expect((await state()).clockOffsetSeconds).toBeCloseTo(90, 0);
  agent.socket.close();
  await until(() => !tested.hub.channels.connected(web1.machineId));
  expect((await state()).connected).toBe(false);
});

test("only a machine's token opens a channel", async () => {
  const issued = await tested.hub.access.issue({ kind: "user", name: "ana", role: "admin" });
  expect(await connect({ authorization: `Bearer ${issued.token}` }).opened).toContain("403");
  expect(await connect({}).opened).toContain("401");
});

/** Not the list of its checks, which every agent is told when it connects. */
const isAsked = (message: FromHub): message is Extract<FromHub, { type: "request" }> =>
  message.type === "request" && message.name !== "checks";

test("a request is answered by the agent, refused by it, or given up in time", async () => {
  const agent = connect();
  await agent.opened;
  agent.say(hello);
  await until(() => tested.hub.channels.connected(web1.machineId));
  const { channels } = tested.hub;
  const asked = async (name: string) => {
    const request = await until(() => agent.got.find((one) => one.type === "request" && one.name === name));
    return (request as { id: string }).id;
  };
  const five = { timeoutSeconds: 5 };
  const status = channels.request(web1.machineId, "status", { of: "all" }, { ...five, by: "ana" });
  agent.say({ type: "answer", id: await asked("status"), ok: true, result: { load: 1 } });
  expect(await status).toEqual({ load: 1 });
  expect(agent.got.find(isAsked)).toMatchObject({
    machine: publicId("m", web1.machineId),
    arguments: { of: "all" },
    by: "ana",
  });
  const refused = channels.request(web1.machineId, "reboot", undefined, five);
  const result = { code: "not-allowed", detail: "not in \u001b[1mthe file" };
  agent.say({ type: "answer", id: await asked("reboot"), ok: false, result });
  await expect(refused).rejects.toMatchObject({
    problem: { code: "not-allowed-there", detail: "not in the file" },
  });
  await expect(
    channels.request(web1.machineId, "silence", undefined, { timeoutSeconds: 0.05 }),
  ).rejects.toMatchObject({ problem: { code: "no-answer", status: 504 } });
  const cut = channels.request(web1.machineId, "cut", undefined, five);
  await asked("cut");
  agent.socket.terminate();
  await expect(cut).rejects.toMatchObject({ problem: { code: "no-answer" } });
  await expect(channels.request(web1.machineId, "status", undefined, five)).rejects.toMatchObject({
    problem: { code: "machine-not-connected" },
  });
});

test("a request expires by the agent's clock, whatever the hub's own says", async () => {
  const agent = connect();
  await agent.opened;
  const twoDays = 172_800_000_000;
  agent.say({ ...hello, clock: tested.clock.now() + twoDays });
  const atOnce = await until(() =>
    agent.got.filter((one) => one.type === "request").find(({ name }) => name === "checks"),
  );
  expect((atOnce.expiresAt - tested.clock.now() - twoDays) / 1e6).toBeCloseTo(15, 0);
  const ping = await until(() => agent.got.find((message) => message.type === "ping"));
  agent.say({ type: "pong", id: ping.id, clock: tested.clock.now() - 90_000_000 });
  await until(() => tested.hub.channels.roundTripSeconds(web1.machineId) !== null);
  void tested.hub.channels
    .request(web1.machineId, "status", undefined, { timeoutSeconds: 5 })
    .catch(() => {});
  const asked = await until(() => agent.got.find(isAsked));
  expect((asked.expiresAt - tested.clock.now()) / 1e6).toBeCloseTo(-85, 0);
});

test.each([
  ["what is not JSON", "gossip", 1007],
  ["an unknown message", '{"type":"gossip"}', 1007],
  ["a message before the hello", '{"type":"pong","id":"x","clock":1}', 1007],
  ["another protocol version", JSON.stringify({ ...hello, protocol: 2 }), 4004],
  ["a binary frame", Buffer.from(JSON.stringify(hello)), 1007],
  ["a message over the limit", `"${"x".repeat(300_000)}"`, 1009],
])("%s closes the channel", async (_, frame, code) => {
  const agent = connect();
  await agent.opened;
  agent.socket.send(frame);
  expect(await agent.closed).toBe(code);
  expect(tested.hub.channels.count).toBe(0);
});

test("a connection that answers no ping is closed, and one that never says hello", async () => {
  const mute = connect();
  await mute.opened;
  mute.say(hello);
  await until(() => tested.hub.channels.connected(web1.machineId));
  const web2 = await machineUnderTest(tested, "web-2");
  const stranger = connect(web2.headers);
  await stranger.opened;
  expect([1006, 4002]).toContain(await mute.closed);
  expect([1006, 4002]).toContain(await stranger.closed);
  expect((await state()).connected).toBe(false);
});

test("of an agent that has gone without a word no socket is kept, though it never answers the closing", async () => {
  const { port } = tested.app.server.address() as AddressInfo;
  const line = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const agent = connect(web1.headers, { createConnection: () => line });
  await agent.opened;
  agent.say(hello);
  await until(() => agent.got.length > 0);
  // Nothing that the hub sends is taken from here on.
  line.pause();
  const held = promisify(tested.app.server.getConnections.bind(tested.app.server));
  expect(await held()).toBe(1);
  await expect.poll(held, { timeout: 5000 }).toBe(0);
  expect(tested.hub.channels.count).toBe(0);
});

test("of two connections of one machine the newer counts", async () => {
  const older = connect();
  await older.opened;
  older.say(hello);
  await until(() => tested.hub.channels.connected(web1.machineId));
  const newer = connect();
  await newer.opened;
  newer.say(hello);
  expect(await older.closed).toBe(4001);
  await until(() => tested.hub.channels.connected(web1.machineId));
  expect(tested.hub.channels.count).toBe(1);
});

test("when very many come at once the rest is told to come back, and let in once those have said hello", async () => {
  await tested.close();
  await begin(60);
  const agent = connect();
  const silent = connect((await machineUnderTest(tested, "web-3")).headers);
  await Promise.all([agent.opened, silent.opened]);
  silent.socket.setMaxListeners(0);
  // One end stands for a fleet that has connected and not spoken yet.
  for (let machineId = 1001; machineId < 1199; machineId++)
    tested.hub.channels.accept({ machineId, tokenId: 0 }, silent.socket, "127.0.0.1");
  const web2 = await machineUnderTest(tested, "web-2");
  expect(await connect(web2.headers).opened).toContain("503");
  const answer = await tested.app.inject({ method: "GET", url: "/api/v1/channel", headers: web2.headers });
  expect(answer.statusCode).toBe(503);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  agent.say(hello);
  await until(() => tested.hub.channels.connected(web1.machineId));
  expect(await connect(web2.headers).opened).toBe("open");
});

test("a machine that is removed loses its channel", async () => {
  const agent = connect();
  await agent.opened;
  agent.say(hello);
  await until(() => tested.hub.channels.connected(web1.machineId));
  await tested.ask("DELETE", "/machines/web-1");
  expect(await agent.closed).toBe(1008);
});

test.each([
  ["messages", 5000, ""],
  ["bytes", 60, "x".repeat(200_000)],
])(
  "a channel that sends %s without end is cut off, and the hub hears none of what follows",
  async (_, count, more) => {
    // All comes between two pings, however long it takes.
    await tested.close();
    await begin(30);
    const agent = connect();
    await agent.opened;
    agent.say(hello);
    for (let sent = 0; sent < count; sent++) agent.say({ type: "pong", id: "none", clock: 0, more });
    expect([1006, 1008]).toContain(await agent.closed);
    expect(tested.hub.channels.count).toBe(0);
  },
);

test("a second hello is no message of the protocol", async () => {
  const agent = connect();
  await agent.opened;
  agent.say(hello);
  agent.say(hello);
  expect(await agent.closed).toBe(1007);
});

test("a machine that connects again and again is told to come back later, and is in nobody's way", async () => {
  const web2 = await machineUnderTest(tested, "web-2");
  const answers: string[] = [];
  for (let times = 0; times < 31; times++) {
    const agent = connect();
    answers.push(await agent.opened);
    agent.socket.terminate();
  }
  expect(answers.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => "open"));
  expect(answers[30]).toContain("429");
  const answer = await tested.app.inject({ method: "GET", url: "/api/v1/channel", headers: web1.headers });
  expect(answer.headers["retry-after"]).toBe("60");
  expect(await connect(web2.headers).opened).toBe("open");
  tested.clock.set("2026-11-23T03:01:00Z");
  expect(await connect().opened).toBe("open");
});
