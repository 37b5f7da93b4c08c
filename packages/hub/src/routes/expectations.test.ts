import type { Expectation, ExpectedStart, Problem } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  await machineUnderTest(tested, "web-1");
});
afterAll(() => tested.close());

const set = (body: object) =>
  tested.ask("PUT", "/expectations", { body: { process: "backup", machine: "web-1", ...body } });
const all = async () => ((await tested.ask("GET", "/expectations")).body as { items: Expectation[] }).items;

test("a person sets an expectation, changes it and takes it away", async () => {
  const made = await set({ cron: "0 3 * * *", timeZone: "Europe/Berlin", maxSeconds: 600 });
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    process: "backup",
    machine: "web-1",
    source: "set",
    inForce: true,
    cron: "0 3 * * *",
    timeZone: "Europe/Berlin",
    graceSeconds: 300,
    maxSeconds: 600,
    enabled: true,
  });
  const { id } = made.body as Expectation;
  const changed = await tested.ask("PATCH", `/expectations/${id}`, {
    body: { everySeconds: 900, maxSeconds: null, graceSeconds: 60 },
  });
  expect(changed.body).toMatchObject({ id, everySeconds: 900, graceSeconds: 60 });
  expect(changed.body).not.toHaveProperty("cron");
  expect(changed.body).not.toHaveProperty("maxSeconds");
  expect(await all()).toEqual([changed.body]);
  expect((await tested.ask("DELETE", `/expectations/${id}`)).status).toBe(204);
  expect(await all()).toEqual([]);
  expect((await tested.ask("DELETE", `/expectations/${id}`)).status).toBe(404);
});

test("a schedule that takes the place of a rhythm is in the machine's zone, as a new one", async () => {
  const db1 = await machineUnderTest(tested, "db-1");
  const computer = {
    hostName: "db-1",
    timeZone: "Asia/Tokyo",
    os: "Debian",
    kernel: "6.1",
    architecture: "x86_64",
    bootId: "b",
    bootedAt: 1,
    cpuCores: 2,
    cpuModel: "x",
    cpuMegahertz: null,
    memoryBytes: 1,
    swapBytes: 0,
    partitions: [],
    agentVersion: "0",
    capabilities: [],
  };
  const { acknowledgements } = await db1.upload(sampleBatch(1, { computer }));
  expect(acknowledgements[0]).toMatchObject({ rejected: [] });
  await tested.hub.fleet.refresh();
  const { id } = (await set({ machine: "db-1", everySeconds: 900 })).body as Expectation;
  const { body } = await tested.ask("PATCH", `/expectations/${id}`, { body: { cron: "0 3 * * *" } });
  expect(body).toMatchObject({ cron: "0 3 * * *", timeZone: "Asia/Tokyo" });
  await tested.ask("DELETE", `/expectations/${id}`);
});

test("a schedule that can't be is refused with the reason, and nothing is stored", async () => {
  const refused = async (body: object): Promise<string> => {
    const { status, body: problem } = await set(body);
    expect(status).toBe(400);
    return (problem as Problem).detail!;
  };
  expect(await refused({ cron: "61 * * * *" })).toContain("Invalid value for minute: 61");
  expect(await refused({ cron: "0 3 * *" })).toContain("five fields");
  expect(await refused({ cron: "0 0 31 2 *" })).toContain("never comes");
  expect(await refused({ cron: "@reboot" })).toContain("names no time");
  expect(await refused({ cron: "0 3 * * *", timeZone: "Mars/Olympus" })).toContain("no time zone");
  expect(await refused({ cron: "0 3 * * *", everySeconds: 60 })).toContain("not both");
  expect(await refused({ everySeconds: 0 })).toContain("everySeconds");
  expect(await refused({ minSeconds: 60, maxSeconds: 30 })).toContain("more than");
  expect((await set({ machine: "nowhere", everySeconds: 60 })).status).toBe(404);
  expect(await all()).toEqual([]);
});

test("of several sources the strongest word is in force, also if it is to leave the process alone", async () => {
  const { machineId } = tested.hub.fleet.machine("web-1");
  const [processId] = await tested.hub.catalogue.processes.idsOf(["report"]);
  const subject = { machineId, processId: processId! };
  await tested.hub.supervision.expect({ ...subject, source: "learnt", everySeconds: 60, confidence: 0.9 });
  await tested.hub.supervision.expect({ ...subject, source: "check-in", cron: "@hourly" });
  const inForce = async () => (await all()).filter((one) => one.inForce).map(({ source }) => source);
  expect(await inForce()).toEqual(["check-in"]);
  const off = await set({ process: "report", enabled: false });
  expect(await inForce()).toEqual([]);
  await tested.ask("DELETE", `/expectations/${(off.body as Expectation).id}`);
  await tested.hub.supervision.forget({ ...subject, source: "check-in" });
  expect(await inForce()).toEqual(["learnt"]);
});

test("events can be asked for, and a cursor that no list answered is refused", async () => {
  expect((await tested.ask("GET", "/events?kind=missed&open=true&machine=web-1")).body).toEqual({
    items: [],
  });
  expect((await tested.ask("GET", "/events?cursor=abc")).status).toBe(400);
  expect((await tested.ask("GET", "/events?kind=nonsense")).status).toBe(400);
});

test("expected starts of a window say what became of each, and which are to come", async () => {
  await set({ process: "hourly", cron: "@hourly" });
  tested.clock.set("2026-11-23T05:30:00Z");
  const ran = (at: string) => ({
    process: "hourly",
    machine: "web-1",
    kind: "cron",
    startedAt: at,
    endedAt: at,
  });
  await tested.ask("POST", "/executions", { body: ran("2026-11-23T04:00:05Z") });
  const window = "process=hourly&from=2026-11-23T00:00:00Z&to=2026-11-23T08:00:00Z";
  const { body } = await tested.ask("GET", `/expectations/instants?${window}`);
  const { items, truncated } = body as { items: ExpectedStart[]; truncated: boolean };
  expect(truncated).toBe(false);
  expect(items.map(({ at, state }) => `${at.slice(11, 16)} ${state}`)).toEqual([
    "03:00 missed",
    "04:00 ran",
    "05:00 missed",
    "06:00 due",
    "07:00 due",
  ]);
  expect(items[1]!.startedAt).toBe("2026-11-23T04:00:05.000000Z");
  const long = "from=2026-01-01T00:00:00Z&to=2026-11-23T08:00:00Z";
  expect((await tested.ask("GET", `/expectations/instants?${long}`)).status).toBe(400);
});

test("of processes with very many expected starts those nearest to now are told, of others all", async () => {
  await set({ process: "each minute", cron: "* * * * *" });
  await set({ process: "each 30 s", everySeconds: 30 });
  await set({ process: "each hour", cron: "@hourly" });
  tested.clock.set("2026-12-03T12:00:30Z");
  const window = "from=2026-11-23T12:00:00Z&to=2026-12-04T12:00:00Z";
  const processes = ["each minute", "each 30 s", "each hour"];
  const { body } = await tested.ask(
    "GET",
    `/expectations/instants?${window}&${processes.map((one) => `process=${encodeURIComponent(one)}`).join("&")}`,
  );
  const { items, truncated } = body as { items: ExpectedStart[]; truncated: boolean };
  expect(truncated).toBe(true);
  expect(items.length).toBeLessThanOrEqual(5000);
  expect(items.length).toBeGreaterThan(4500);
  const of = (name: string) => items.filter(({ process }) => process === name).map(({ at }) => at);
  expect(of("each hour")).toHaveLength(11 * 24);
  const minutes = of("each minute");
  expect(minutes.length).toBeGreaterThan(2000);
  expect(minutes).toEqual(minutes.toSorted());
  expect(minutes.find((at) => at > "2026-12-03T12:00:30")).toBe("2026-12-03T12:01:00.000000Z");
  expect(minutes.findLast((at) => at < "2026-12-03T12:00:30")).toBe("2026-12-03T12:00:00.000000Z");
  expect(of("each 30 s").at(-1)! > "2026-12-03T11:59").toBe(true);
});
