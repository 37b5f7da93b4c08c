/** From results to times in which a check was not well. */
import type { CheckIncident } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";
import { Checks } from "./checks.ts";
import { incidentsIn } from "./incidents.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;
let sequence = 0;
let id: string;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  web1 = await machineUnderTest(tested, "web-1");
});
afterAll(() => tested.close());
beforeEach(async () => {
  tested.clock.set("2026-11-23T03:00:00Z");
  for (const { checkId } of tested.hub.checks.all()) await tested.hub.checks.remove(checkId);
  const target = { kind: "service", service: "httpd" };
  const { body } = await tested.ask("POST", "/checks", {
    body: { name: "httpd", machine: "web-1", target, retries: 1 },
  });
  ({ id } = body as { id: string });
});

const second = (at: number): number => Date.parse("2026-11-23T03:00:00Z") * 1000 + at * 1_000_000;

async function deliver(...rows: [at: number, state: number, text: string][]): Promise<void> {
  const column = <T>(value: T) => rows.map(() => value);
  const checkResults = {
    check: column(id),
    at: rows.map(([at]) => second(at)),
    state: rows.map(([, state]) => state),
    durationSeconds: column(0.1),
    text: rows.map(([, , text]) => text),
    numbers: column("[]"),
  };
  const answer = await web1.upload(sampleBatch(++sequence, { checkResults }));
  expect(answer.acknowledgements[0]).toMatchObject({ status: "stored", rejected: [] });
  await tested.hub.checks.settle();
}

async function incidents(query: string): Promise<CheckIncident[]> {
  const { status, body } = await tested.ask("GET", `/checks/incidents?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { items: CheckIncident[] }).items;
}
const today = "from=2026-11-23T03:00:00Z&to=2026-11-24T00:00:00Z";

test("one begins with its first bad result, once it is believed, and lasts until a good one", async () => {
  await deliver([0, 0, "runs"], [60, 2, "stopped"], [120, 0, "runs"]);
  tested.clock.set("2026-11-23T03:02:05Z");
  expect(await incidents(today)).toEqual([]);
  await deliver([180, 2, "stopped"], [185, 2, "stopped still"]);
  tested.clock.set("2026-11-23T03:03:10Z");
  const lasting = {
    checkId: id,
    check: "httpd",
    machine: "web-1",
    machineId: expect.any(String),
    state: "critical",
    startedAt: "2026-11-23T03:03:00.000000Z",
    text: "stopped still",
  };
  expect(await incidents(today)).toEqual([lasting]);
  await deliver([240, 1, "slow"], [300, 0, "runs"]);
  tested.clock.set("2026-11-23T03:05:10Z");
  expect(await incidents(`${today}&machine=web-1`)).toMatchObject([
    { state: "warning", startedAt: "2026-11-23T03:04:00.000000Z", endedAt: "2026-11-23T03:05:00.000000Z" },
    { ...lasting, endedAt: "2026-11-23T03:04:00.000000Z" },
  ]);
  // Of a window within it, the time that it began and ended at.
  expect(await incidents("from=2026-11-23T03:03:20Z&to=2026-11-23T03:03:40Z&check=httpd")).toMatchObject([
    { ...lasting, endedAt: "2026-11-23T03:04:00.000000Z" },
  ]);
  expect(await incidents("from=2026-11-23T03:05:00Z&to=2026-11-23T03:06:00Z")).toEqual([]);
});

test("one ends where results end, and is another when they come again", async () => {
  await deliver([0, 2, "stopped"], [60, 2, "stopped"]);
  tested.clock.set("2026-11-23T03:20:00Z");
  // Two results of every minute and the time for one are waited for.
  const first = { startedAt: "2026-11-23T03:00:00.000000Z", endedAt: "2026-11-23T03:03:22.000000Z" };
  expect(await incidents(today)).toMatchObject([first]);
  await deliver([1200, 2, "stopped"]);
  tested.clock.set("2026-11-23T03:20:10Z");
  expect(await incidents(today)).toMatchObject([
    { state: "critical", startedAt: "2026-11-23T03:20:00.000000Z" },
    first,
  ]);
});

test("hubs that settle the same results tell the same once", async () => {
  const { store, clock } = tested.hub;
  const other = new Checks(store.checks, clock);
  await other.refresh();
  await deliver([0, 2, "stopped"], [60, 2, "stopped"], [120, 0, "runs"], [180, 2, "stopped"], [185, 2, "x"]);
  other.heardAll();
  await other.settle();
  tested.clock.set("2026-11-23T03:03:10Z");
  expect(await incidents(today)).toHaveLength(2);
  const [row] = tested.hub.checks.all();
  const window = { from: second(0), to: second(1000) };
  expect(await store.checks.transitions([row!.checkId], window, 10)).toHaveLength(3);
});

test("one that was believed before transitions were kept is told by its own time", () => {
  const [row] = tested.hub.checks.all();
  const belief = { state: "critical", since: second(60), doubts: null, recent: [], flapping: false };
  const before = { ...row!, belief, believedUntil: second(120) };
  const window = { from: second(0), to: second(1000) };
  expect(incidentsIn(before, [], window, second(130))).toMatchObject([{ at: second(60), endedAt: null }]);
  expect(incidentsIn({ ...row!, belief: null }, [], window, second(130))).toEqual([]);
});
