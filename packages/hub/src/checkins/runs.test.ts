import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "../app.ts";
import { assembleHub, type Hub } from "../context.ts";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";
import { loseOverdue } from "./overdue.ts";

let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;
let uuid: string;
const ping = (path = "", more: Parameters<CheckinsUnderTest["call"]>[1] = {}) =>
  tested.call(`healthchecks/ping/${uuid}${path}`, more);
const rid = (digit: number) => `?rid=${String(digit).repeat(8)}-1111-4111-8111-111111111111`;
const hours = 3600;

beforeAll(async () => {
  hub = await checkinsHub({ checkins: { perMinute: 1000 } });
});
beforeEach(async () => {
  tested = await hub.next();
  uuid = (await tested.make()).token;
});
afterAll(() => hub.close());

/** The same store with nothing remembered: what a second hub, or one that was started again, knows. */
const anotherHub = (): Promise<Hub> => assembleHub(tested.hub);

test("a request that a client repeats with its run id counts once", async () => {
  for (let i = 0; i < 3; i++) await ping(`/start${rid(1)}`);
  tested.at(20);
  for (let i = 0; i < 3; i++) expect(await ping(rid(1))).toMatchObject({ status: 200, text: "OK" });
  tested.at(30);
  await ping(`/start${rid(1)}`);
  expect(await tested.runs()).toEqual(["backup ok 0 20"]);
});

test("runs with ids are kept apart from each other and from those without", async () => {
  await ping(`/start${rid(1)}`);
  tested.at(1);
  await ping("/start");
  tested.at(2);
  await ping(`/start${rid(2)}`);
  tested.at(10);
  await ping(`/fail${rid(2)}`);
  tested.at(11);
  await ping();
  tested.at(12);
  await ping(rid(1));
  await ping(rid(3));
  expect(await tested.runs()).toEqual([
    "backup ok 0 12",
    "backup ok 1 10",
    "backup failed 2 8",
    "backup ok 12 ?",
  ]);
});

test("after a start that never ended the next run still gets its own start, and the first is lost", async () => {
  await ping("/start");
  tested.at(24 * hours - 10);
  await ping("/start");
  tested.at(24 * hours - 4);
  await ping();
  tested.at(24 * hours);
  await loseOverdue(tested.hub);
  expect(await tested.runs()).toEqual(["backup lost 0 ?", `backup ok ${24 * hours - 10} 6`]);
  const [lost] = await tested.executions();
  expect(lost).toMatchObject({ endedAt: "2026-11-24T03:00:00.000000Z", flags: ["duration-unknown"] });
});

test("runs that overlap without ids each get an end, the newest first", async () => {
  for (const at of [0, 5, 6]) {
    tested.at(at);
    await ping("/start");
  }
  for (const at of [10, 11, 12, 13]) {
    tested.at(at);
    await ping();
  }
  expect(await tested.runs()).toEqual(["backup ok 0 12", "backup ok 5 6", "backup ok 6 4", "backup ok 13 ?"]);
});

test("ends that come at the same moment, to two hubs, end a run each", async () => {
  const second = await buildApp(await anotherHub());
  for (let i = 0; i < 6; i++) await ping("/start");
  tested.at(30);
  const ends = Array.from({ length: 6 }, (_, i) =>
    (i % 2 === 0 ? tested.app : second).inject({ url: `/checkin/healthchecks/ping/${uuid}` }),
  );
  expect((await Promise.all(ends)).map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200));
  expect(await tested.runs()).toEqual(Array(6).fill("backup ok 0 30"));
  await second.close();
});

test("what never ends is lost once, after its own limit, also by a hub that saw no start", async () => {
  const sentry = (body: object) =>
    tested.call(`sentry/api/1/cron/short/${tested.machine.token}/`, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const schedule = { type: "interval", value: 1, unit: "hour" };
  await sentry({ status: "in_progress", monitor_config: { schedule, max_runtime: 10 } });
  await ping(`/start${rid(1)}`, { body: "begun" });
  await tested.ask("POST", "/executions", {
    body: { machine: tested.name, process: "other", id: "not-a-checkin", startedAt: "2026-11-23T03:00:00Z" },
  });
  const later = await anotherHub();
  const both = () => Promise.all([loseOverdue(tested.hub), loseOverdue(later)]);
  tested.at(599.999999);
  await both();
  expect(await tested.runs()).toContain("short running 0 ?");
  tested.at(600);
  await both();
  await both();
  expect((await tested.runs()).toSorted()).toEqual([
    "backup running 0 ?",
    "other running 0 ?",
    "short lost 0 ?",
  ]);
  tested.at(24 * hours);
  await both();
  expect((await tested.runs()).toSorted()).toEqual([
    "backup lost 0 ?",
    "other running 0 ?",
    "short lost 0 ?",
  ]);
  const lost = (await tested.executions()).find(({ process }) => process === "backup")!;
  expect(await tested.output(lost.id)).toBe("begun");
});

test("an end after the run was given up is a record of its own, with the length it had", async () => {
  await ping(`/start${rid(1)}`);
  tested.at(24 * hours + 60);
  await loseOverdue(tested.hub);
  for (let i = 0; i < 2; i++) await ping(rid(1));
  expect(await tested.runs()).toEqual(["backup lost 0 ?", `backup ok 0 ${24 * hours + 60}`]);
});

test("a log goes to the run it names, else to the newest without an id, and no further than its bound", async () => {
  await ping(`/start${rid(1)}`);
  await ping("/start");
  await ping(`/log${rid(1)}`, { body: "of the first" });
  await ping("/log", { body: "of the other" });
  await ping("/log", { body: "z".repeat(10_000) });
  await ping("/log", { body: "the end" });
  tested.at(1);
  await ping(rid(1));
  await ping();
  const outputs = await Promise.all((await tested.executions()).map(({ id }) => tested.output(id)));
  const [first, other] = outputs.toSorted((a, b) => a!.length - b!.length);
  expect(first).toBe("of the first");
  expect(other).toMatch(/^.*z{9000}z*\nthe end$/s);
  expect(other!.length).toBeLessThanOrEqual(10_240);
});

test("end-only pings do not change what is normal", async () => {
  for (let day = 0; day < 8; day++) {
    tested.at(day * 24 * hours);
    await ping("/start");
    tested.at(day * 24 * hours + 60);
    await ping();
    await ping();
  }
  tested.at(8 * 24 * hours);
  const { body } = await tested.ask("GET", `/processes?machine=${tested.name}&from=2026-11-23T00:00:00Z`);
  expect(body).toMatchObject({
    items: [
      { process: "backup", statistics: { count: 16, medianSeconds: 60, minSeconds: 60, deviations: 0 } },
    ],
  });
});
