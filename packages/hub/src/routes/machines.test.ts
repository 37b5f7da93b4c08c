import type { Machine, MachineCreated } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
beforeEach(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterEach(() => tested.close());

const machine = async (id: string) => (await tested.ask("GET", `/machines/${id}`)).body as Machine;

const sampleAt = (instant: string, sequence: number) =>
  sampleBatch(sequence, {
    series: [
      { metric: "system.cpu.utilization", attributes: { "cpu.mode": "user" }, unit: "1", type: "gauge" },
      { metric: "system.cpu.utilization", attributes: { "cpu.mode": "idle" }, unit: "1", type: "gauge" },
      { metric: "system.memory.utilization", attributes: {}, unit: "1", type: "gauge" },
    ],
    points: {
      series: [0, 1, 2],
      at: [0, 0, 0].map(() => Date.parse(instant) * 1000),
      value: [0.25, 0.75, 0.5],
      intervalSeconds: [0, 0, 0],
    },
  });

test("a machine is registered once by name, found by id and name, renamed, paused and removed", async () => {
  const created = await tested.ask("POST", "/machines", { body: { name: "web-1" } });
  const { id, token } = created.body as MachineCreated;
  expect(token).toMatch(/^culprit_m_\w{32}$/);
  expect((await tested.ask("POST", "/machines", { body: { name: "WEB-1" } })).body).toMatchObject({
    code: "conflict",
  });
  expect((await tested.ask("POST", "/machines", { body: { name: "m_9" } })).status).toBe(400);
  expect(await machine("Web-1")).toEqual(await machine(id));
  await tested.ask("POST", "/machines", { body: { name: "web-2" } });
  const patch = (body: object) => tested.ask("PATCH", `/machines/${id}`, { body });
  expect((await patch({ name: "web-2" })).status).toBe(409);
  expect((await patch({ name: "shop-1", paused: true })).body).toMatchObject({
    name: "shop-1",
    state: "paused",
  });
  expect((await patch({ colour: "red" })).status).toBe(400);
  expect((await tested.ask("DELETE", `/machines/${id}`)).status).toBe(204);
  expect((await tested.ask("GET", `/machines/${id}`)).status).toBe(404);
  const asRemoved = await tested.app.inject({
    url: "/api/v1/session",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(asRemoved.statusCode).toBe(401);
});

test("an enrolment token enrols as many machines as it says, until it expires", async () => {
  const make = async (body: object) =>
    ((await tested.ask("POST", "/enrollment-tokens", { body })).body as { token: string }).token;
  const enroll = async (token: string, name: string) => {
    const answer = await tested.app.inject({
      method: "POST",
      url: "/api/v1/enrollments",
      headers: { authorization: `Bearer ${token}` },
      payload: { name },
    });
    return { status: answer.statusCode, body: answer.json<MachineCreated>() };
  };
  const twice = await make({ uses: 2 });
  const first = await enroll(twice, "web-1");
  expect(first.status).toBe(200);
  const { statusCode } = await tested.app.inject({
    url: "/api/v1/intake",
    headers: { authorization: `Bearer ${first.body.token}` },
  });
  expect(statusCode).toBe(200);
  // A name that is taken costs no use.
  expect((await enroll(twice, "web-1")).status).toBe(409);
  expect((await enroll(twice, "web-2")).status).toBe(200);
  expect((await enroll(twice, "web-3")).status).toBe(401);
  const short = await make({ validSeconds: 60 });
  tested.clock.set("2026-11-23T03:01:00Z");
  expect((await enroll(short, "web-4")).status).toBe(401);
});

test("a machine is online, then late, then silent, and its newest values stand in the list", async () => {
  const web1 = await machineUnderTest(tested, "web-1");
  expect(await machine("web-1")).toMatchObject({ state: "silent", connected: false });
  await web1.upload(sampleAt("2026-11-23T02:59:55Z", 1));
  const { items } = (await tested.ask("GET", "/machines")).body as { items: Machine[] };
  expect(items[0]).toMatchObject({
    state: "online",
    lastSampleAt: "2026-11-23T02:59:55.000000Z",
    now: { cpuShare: 0.25, memoryShare: 0.5, diskShare: null, pressureShare: null },
  });
  tested.clock.set("2026-11-23T03:01:00Z");
  expect(await machine("web-1")).toMatchObject({ state: "silent" });
  tested.hub.fleet.heard(web1.machineId);
  expect(await machine("web-1")).toMatchObject({ state: "late" });
  await web1.upload(sampleAt("2026-11-23T03:00:58Z", 2));
  expect(await machine("web-1")).toMatchObject({ state: "online" });
});

test("an overloaded machine that is looked at less often says so, until it is calm", async () => {
  const web1 = await machineUnderTest(tested, "web-1");
  const factor = (value: number, sequence: number) =>
    web1.upload(
      sampleBatch(sequence, {
        series: [{ metric: "culprit.agent.sampling.factor", attributes: {}, unit: "1", type: "gauge" }],
        points: {
          series: [0],
          at: [Date.parse("2026-11-23T02:59:00Z") * 1000 + sequence],
          value: [value],
          intervalSeconds: [0],
        },
      }),
    );
  await factor(4, 1);
  expect(await machine("web-1")).toMatchObject({ now: { lessOften: 4 } });
  await factor(1, 2);
  expect((await machine("web-1")).now).not.toHaveProperty("lessOften");
});

test("a clock that is behind does not make a machine late", async () => {
  const web1 = await machineUnderTest(tested, "web-1");
  await web1.upload(sampleAt("2026-11-23T02:55:00Z", 1));
  expect(await machine("web-1")).toMatchObject({ state: "late" });
  tested.hub.fleet.heard(web1.machineId, -300_000_000);
  expect(await machine("web-1")).toMatchObject({ state: "online", clockOffsetSeconds: -300 });
});

test("contacts outlive the hub once they are flushed, and are not lost while the store is read again", async () => {
  const web1 = await machineUnderTest(tested, "web-1");
  tested.hub.fleet.heard(web1.machineId, 1500);
  await tested.hub.fleet.refresh();
  expect(await machine("web-1")).toMatchObject({ lastContactAt: "2026-11-23T03:00:00.000000Z" });
  await tested.hub.fleet.flush();
  expect((await tested.hub.store.machines.list())[0]).toMatchObject({ clockOffsetMicros: 1500 });
});
