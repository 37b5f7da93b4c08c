/** What is wrong with machines, through the doors by which agents come: uploads and channel. */
import type { AddressInfo } from "node:net";
import { identityHeader, writeAgentIdentity, type Machine, type MachineCondition } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { identify } from "../../auth/caller.ts";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";
import { executionBatch, machineUnderTest, members, oneRun } from "../../test/machine-under-test.ts";
import { Faults } from "./faults.ts";

let tested: HubUnderTest;
let machine: Awaited<ReturnType<typeof machineUnderTest>>;
let numbered = 0;
let name: string;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await tested.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  tested.hub.channels.stop();
  await tested.close();
});
beforeEach(async () => {
  name = `web-${++numbered}`;
  machine = await machineUnderTest(tested, name);
  tested.clock.set("2026-11-23T03:00:00Z");
});

const digits = (digit: string) => digit.repeat(32);
/** An agent by the digit of its instance, on the computer of that digit; each test has computers of its own. */
const identity = (instance: string, computer: string) =>
  writeAgentIdentity({
    instance: digits(instance),
    machineId: `${String(numbered).padStart(2, "0")}${computer.repeat(30)}`,
    productUuid: `${String(numbered).padStart(2, "0")}${computer.repeat(30)}`,
    bootId: `${numbered}-${computer}`,
  });
const upload = (who: string, ...lines: unknown[]) =>
  machine.uploadBytes(members(...lines), "gzip", { [identityHeader]: who });
const conditions = async (of = name): Promise<MachineCondition[]> =>
  ((await tested.ask("GET", `/machines/${of}`)).body as Machine).conditions ?? [];

/** Says hello and answers how the hub takes it: the kind of its first message, or the code and reason of closing. */
function hello(more: object): Promise<string> {
  const { port } = tested.app.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers: machine.headers });
  const said = { type: "hello", protocol: 1, agentVersion: "0", bootId: "boot", clock: 0, ...more };
  socket.on("open", () => socket.send(JSON.stringify(said)));
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => resolve((JSON.parse(data.toString()) as { type: string }).type));
    socket.on("close", (code: number, reason: Buffer) => resolve(`${code} ${reason.toString()}`));
  });
}

test("a token that a second computer uses is noticed: the first goes on, nothing of the second is stored, and both are told", async () => {
  const [own, thief] = [identity("1", "a"), identity("2", "b")];
  expect((await upload(own, executionBatch(1, [oneRun(`own-1-${name}`)]))).status).toBe(200);
  const wait = await upload(
    thief,
    executionBatch(1, [oneRun(`stolen-${name}`)], { stream: "exec-00000002" }),
  );
  expect(wait).toMatchObject({ status: 409, body: { code: "duplicate-identity", retryAfterSeconds: 30 } });
  expect(await conditions(), "it may be a computer that takes over").toEqual([]);
  tested.clock.set("2026-11-23T03:00:10Z");
  expect(await hello({ identity: own })).toBe("welcome");
  const refused = await upload(
    thief,
    executionBatch(1, [oneRun(`stolen-${name}`)], { stream: "exec-00000002" }),
  );
  expect(refused.body.detail).toContain("enrol it anew");
  expect(await hello({ identity: thief })).toBe("4003 another agent speaks with this machine's token");
  expect(tested.hub.channels.connected(machine.machineId), "its own channel stays").toBe(true);
  expect(await conditions()).toEqual([
    {
      code: "duplicate-identity",
      since: "2026-11-23T03:00:10.000000Z",
      lastAt: "2026-11-23T03:00:10.000000Z",
      address: "127.0.0.1",
      keptAddress: "127.0.0.1",
      differs: ["machine-id", "product-uuid", "boot-id"],
      refused: 3,
    },
  ]);
  const { items } = (await tested.ask("GET", `/executions?machine=${name}`)).body as {
    items: { id: string }[];
  };
  expect(items.map(({ id }) => id)).toEqual([`own-1-${name}`]);
});

test("a person may settle for the other one; a hub that starts anew knows what the one before knew", async () => {
  const [own, other] = [identity("1", "a"), identity("2", "b")];
  await upload(own, executionBatch(1, [oneRun(`a-${name}`)]));
  await upload(other, executionBatch(1, [oneRun(`b-${name}`)]));
  tested.clock.set("2026-11-23T03:00:10Z");
  await upload(own, executionBatch(2, [oneRun(`c-${name}`)]));
  await tested.hub.faults.flush();
  const { hub } = tested;
  const next = new Faults({
    store: hub.store.machineFacts,
    clock: hub.clock,
    log: hub.log,
    name: String,
    isEnrolled: () => true,
  });
  await next.refresh();
  expect(next.of(machine.machineId)).toEqual(hub.faults.of(machine.machineId));
  expect(() => next.identify(machine.machineId, other, "192.0.2.1")).toThrow("was there first");

  const path = `/machines/${name}/conditions/duplicate-identity`;
  expect((await tested.ask("DELETE", path)).status).toBe(204);
  expect((await tested.ask("DELETE", path)).status).toBe(404);
  expect((await tested.ask("DELETE", `/machines/${name}/conditions/same-computer`)).status).toBe(404);
  expect((await upload(other, executionBatch(3, [oneRun(`d-${name}`)]))).status).toBe(200);
  expect(await conditions()).toEqual([]);
});

test("two machines on one computer, and copies of a disk, are told at both", async () => {
  const first = name;
  const who = identity("1", "a");
  await upload(who, executionBatch(1, [oneRun(`one-${name}`)]));
  machine = await machineUnderTest(tested, `${first}-again`);
  await upload(who.replace(/^1+/, digits("3")), executionBatch(1, [oneRun(`two-${name}`)]));
  expect(await conditions()).toEqual([{ code: "same-computer", machines: [`${first}-again`], differs: [] }]);
  expect(await conditions(`${first}-again`)).toEqual([
    { code: "same-computer", machines: [first], differs: [] },
  ]);
  await tested.ask("DELETE", `/machines/${first}-again`);
  expect(await conditions()).toEqual([]);
});

test("machines that are meant to be on one computer are told until a person says so, and again when another one comes", async () => {
  const first = name;
  const who = identity("1", "a");
  const join = async (digit: string, as: string) => {
    machine = await machineUnderTest(tested, as);
    await upload(who.replace(/^1+/, digits(digit)), executionBatch(1, [oneRun(`${digit}-${as}`)]));
  };
  await upload(who, executionBatch(1, [oneRun(`1-${first}`)]));
  await join("3", `${first}-b`);
  await join("4", `${first}-c`);
  const all = [first, `${first}-b`, `${first}-c`];
  for (const one of all) expect(await conditions(one)).toMatchObject([{ code: "same-computer" }]);
  const path = `/machines/${first}-b/conditions/same-computer`;
  expect((await tested.ask("DELETE", path)).status).toBe(204);
  expect((await tested.ask("DELETE", path)).status, "it is settled").toBe(404);
  for (const one of all) expect(await conditions(one), "for all of them").toEqual([]);

  const { hub } = tested;
  const { store, clock, log } = { ...hub, store: hub.store.machineFacts };
  const next = new Faults({ store, clock, log, name: String, isEnrolled: () => true });
  await hub.faults.flush();
  await next.refresh();
  expect(next.of(machine.machineId), "a hub that starts anew knows it").toEqual([]);

  await join("5", `${first}-d`);
  expect(await conditions(first)).toEqual([{ code: "same-computer", machines: [`${first}-d`], differs: [] }]);
  expect(await conditions(`${first}-d`)).toEqual([{ code: "same-computer", machines: all, differs: [] }]);
});

test("an agent of another protocol version is told who must be upgraded, and so is who looks at the machine", async () => {
  expect(await hello({ protocol: 0 })).toBe("4004 the agent speaks version 0, the hub 1: upgrade the agent");
  expect(await conditions()).toMatchObject([
    { code: "protocol-version", agent: 0, hub: 1, upgrade: "agent" },
  ]);
  const newer = await upload(identity("1", "a"), { ...executionBatch(1, [oneRun("x")]), protocol: 7 });
  expect(newer).toMatchObject({ status: 409, body: { code: "protocol-version" } });
  expect(await conditions()).toMatchObject([{ code: "protocol-version", agent: 7, upgrade: "hub" }]);
  expect(await hello({ identity: identity("1", "a") }), "once it speaks the same, all is well").toBe(
    "welcome",
  );
  expect(await conditions()).toEqual([]);
});

test("a machine that floods is refused and shown, and another is served", async () => {
  const flooderName = name;
  // As if it had sent for some minutes as much as it can.
  tested.hub.uploads.charge(machine.machineId, 4 * 1024 ** 3);
  const refused = await upload(identity("1", "a"), executionBatch(1, [oneRun(`much-${name}`)]));
  expect(refused).toMatchObject({ status: 429, body: { code: "too-many-requests" } });
  expect(refused.body.retryAfterSeconds).toBeGreaterThan(100);
  machine = await machineUnderTest(tested, `${name}-other`);
  expect((await upload(identity("1", "c"), executionBatch(1, [oneRun(`calm-${name}`)]))).status).toBe(200);
  expect(await conditions(flooderName)).toMatchObject([{ code: "flooding", what: "uploads", refused: 1 }]);
  tested.clock.set("2026-11-24T04:00:00Z");
  expect(await conditions(flooderName), "a day later it is no news").toEqual([]);
});

test("a machine or a person that records by HTTP without end is put off; its agent and others are not", async () => {
  const { app } = tested;
  const post = async (url: string, headers: Record<string, string>, payload: object) =>
    (await app.inject({ method: "POST", url, headers, payload })).statusCode;
  const run = { ...oneRun(`posted-${name}`), machine: name };
  const person = { authorization: `Bearer ${await tokenOf("operator")}` };
  const doors = [
    (who: Record<string, string>) => post("/api/v1/executions", who, run),
    (who: Record<string, string>) => post("/v1/traces", who, {}),
    (who: Record<string, string>) => {
      const key = who["authorization"]!.split(" ")[1]!;
      return post(`/checkin/healthchecks/ping/${key}/nightly?create=1`, {}, {});
    },
  ];
  for (const door of doors) expect([200, 201]).toContain(await door(machine.headers));
  // As if each had posted 2 GB within a second.
  const twoGigabytes = 2 * 1024 ** 3;
  for (const { authorization } of [machine.headers, person]) {
    const caller = await identify(tested.hub, "127.0.0.1", authorization.split(" ")[1]);
    tested.hub.recordings.charge(caller!, twoGigabytes);
  }
  for (const door of doors) expect(await door(machine.headers)).toBe(429);
  expect(await doors[0]!(person)).toBe(429);
  expect(await conditions()).toMatchObject([{ code: "flooding", what: "uploads", refused: 3 }]);
  expect((await upload(identity("1", "a"), executionBatch(1, [oneRun(`own-${name}`)]))).status).toBe(200);
  const other = await machineUnderTest(tested, `${name}-other`);
  expect(await post("/api/v1/executions", other.headers, oneRun("calm"))).toBe(200);
});

async function tokenOf(role: "operator"): Promise<string> {
  return (await tested.hub.access.issue({ kind: "user", name: `${role} of ${name}`, role })).token;
}
