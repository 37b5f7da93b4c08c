/** Machines asked how they are, by the route, of an agent's end of a real channel. */
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fromHub, type FromHub, type LiveLook, type LiveStatus } from "@culprit/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";
import { LiveStatuses } from "./live.ts";

let tested: HubUnderTest;
let number = 0;
const open: WebSocket[] = [];

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});
afterAll(async () => {
  tested.hub.channels.stop();
  await tested.close();
});

type Asked = Extract<FromHub, { type: "request" }>;

/** A machine of its own, with what connects its agent. */
async function machine() {
  const name = `web-${++number}`;
  const { id, headers } = await machineUnderTest(tested, name);
  const asked: Asked[] = [];
  let told: () => void = () => undefined;
  const nextAsked = async (after: number) => {
    while (asked.length <= after) await new Promise<void>((resolve) => (told = resolve));
    return asked[after]!;
  };
  async function connect() {
    const { port } = tested.app.server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers });
    open.push(socket);
    const welcomed = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const message = fromHub.parse(JSON.parse(data.toString()));
        if (message.type === "welcome") resolve();
        if (message.type !== "request" || message.name !== "live") return;
        asked.push(message);
        told();
      });
    });
    socket.on("open", () =>
      socket.send(
        JSON.stringify({ type: "hello", protocol: 1, agentVersion: "0.1.0", bootId: "boot", clock: 0 }),
      ),
    );
    await welcomed;
    return {
      socket,
      answer: ({ id: request }: Asked, result: unknown, ok = true) =>
        socket.send(JSON.stringify({ type: "answer", id: request, ok, result })),
    };
  }
  return { id, name, asked, nextAsked, connect, live: () => tested.ask("GET", `/machines/${name}/live`) };
}

const look: LiveLook = {
  spanSeconds: 2,
  uptimeSeconds: 1000,
  cpu: null,
  memory: null,
  load: { oneMinute: 0.5, fiveMinutes: 0.4, fifteenMinutes: 0.3 },
  pressure: null,
  disks: null,
  fileSystems: null,
  network: null,
  logins: null,
  osProcesses: null,
};

test("what the agent answers is told with the machine's name and the hub's time, to all who ask within a second", async () => {
  const web = await machine();
  const agent = await web.connect();
  const [first, second] = [web.live(), web.live()];
  agent.answer(await web.nextAsked(0), look);
  expect(await first).toEqual({
    status: 200,
    body: { ...look, machine: web.name, machineId: web.id, at: "2026-11-23T03:00:00.000000Z" },
  });
  expect((await second).body).toEqual((await first).body);
  expect((await web.live()).status).toBe(200);
  expect(web.asked).toHaveLength(1);
  await sleep(1050);
  const later = web.live();
  agent.answer(await web.nextAsked(1), { ...look, uptimeSeconds: 1001 });
  expect(((await later).body as LiveStatus).uptimeSeconds).toBe(1001);
});

test("a machine without a channel is named with its state", async () => {
  const web = await machine();
  const { status, body } = await web.live();
  expect(status).toBe(409);
  expect(body).toMatchObject({
    code: "machine-not-connected",
    detail: `${web.name} is silent and has no open channel to this hub`,
  });
  expect((await tested.ask("GET", "/machines/nobody/live")).status).toBe(404);
});

test("a channel that breaks before the answer is asked again when it is back", async () => {
  const web = await machine();
  const agent = await web.connect();
  const answer = web.live();
  await web.nextAsked(0);
  agent.socket.terminate();
  const back = await web.connect();
  back.answer(await web.nextAsked(1), look);
  expect((await answer).status).toBe(200);
});

test("an agent that does not answer in time is given up, and the next one who asks is told what it says then", async () => {
  const web = await machine();
  const agent = await web.connect();
  const { channels, clock, fleet, health } = tested.hub;
  const statuses = new LiveStatuses(channels, health, clock, { timeoutSeconds: 0.1 });
  const answers = [statuses.of(fleet.machine(web.name)), statuses.of(fleet.machine(web.name))];
  for (const answer of answers)
    await expect(answer).rejects.toMatchObject({ problem: { code: "no-answer", status: 504 } });
  expect(web.asked).toHaveLength(1);
  const again = web.live();
  agent.answer(await web.nextAsked(1), look);
  expect((await again).status).toBe(200);
});

test.each([
  ["a number that is none", { ...look, uptimeSeconds: "<b>1</b>" }],
  ["a share over one", { ...look, pressure: { io: { someShare: 7 } } }],
  ["a name that a terminal would act on", { ...look, disks: [disk("sda\u001b[2J")] }],
  ["a list without end", { ...look, disks: Array.from({ length: 65 }, () => disk("sda")) }],
  ["nothing", null],
])("%s is refused, whoever it comes from", async (_, result) => {
  const web = await machine();
  const agent = await web.connect();
  const answer = web.live();
  agent.answer(await web.nextAsked(0), result);
  expect(await answer).toMatchObject({ status: 409, body: { code: "machine-refused" } });
});

function disk(name: string) {
  return { name, busyShare: 0, readBytesPerSecond: 0, writeBytesPerSecond: 0, operationsPerSecond: 0 };
}

test("what an agent adds of its own is left out, and an agent that is too busy says so", async () => {
  const web = await machine();
  const agent = await web.connect();
  const answer = web.live();
  agent.answer(await web.nextAsked(0), { ...look, machine: "another", more: "<script>" });
  expect((await answer).body).toEqual({
    ...look,
    machine: web.name,
    machineId: web.id,
    at: "2026-11-23T03:00:00.000000Z",
  });
  const busy = await machine();
  const other = await busy.connect();
  const refused = busy.live();
  other.answer(await busy.nextAsked(0), { code: "busy", detail: "too many requests" }, false);
  expect(await refused).toMatchObject({ status: 409, body: { code: "machine-busy" } });
});

test("past the most that are asked at a time the next is told to come again", async () => {
  const [web, other] = [await machine(), await machine()];
  const agent = await web.connect();
  await other.connect();
  const { channels, health, clock, fleet } = tested.hub;
  const statuses = new LiveStatuses(channels, health, clock, { mostHeld: 1 });
  const answer = statuses.of(fleet.machine(web.name));
  await expect(statuses.of(fleet.machine(other.name))).rejects.toMatchObject({
    problem: { code: "overloaded", retryAfterSeconds: 2 },
  });
  agent.answer(await web.nextAsked(0), look);
  expect((await answer).uptimeSeconds).toBe(1000);
});
