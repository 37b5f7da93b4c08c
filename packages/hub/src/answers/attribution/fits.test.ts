import {
  culprits as culpritsSchema,
  formatInstant,
  parseInstant,
  scheduleAdvice,
  why as whySchema,
} from "@culprit/protocol";
import { afterEach, expect, test } from "vitest";
import { aCrowdedMachine } from "../../test/a-crowded-machine.ts";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";

const now = "2026-11-23T12:00:00Z";
let under: HubUnderTest;
afterEach(() => under.close());

async function start(): Promise<void> {
  under = await hubUnderTest(now);
  await under.hub.fleet.create("db1");
}
async function record(days: number): Promise<void> {
  const { runs } = aCrowdedMachine({ machine: "db1", days, until: parseInstant(now)! });
  expect((await under.ask("POST", "/executions", { body: runs })).status).toBe(200);
}
const culprits = async () => culpritsSchema.parse((await under.ask("GET", "/culprits")).body);

test("a store without runs has no culprits, no advice, and says when it looked", async () => {
  await start();
  await under.hub.attribution.fit();
  const found = await culprits();
  expect(found).toMatchObject({ culprits: [], notSeparable: [], notEnough: [], slowRuns: 0, coverage: null });
  expect(found.fittedAt).toBe(formatInstant(parseInstant(now)!));
  const answer = scheduleAdvice.parse((await under.ask("GET", "/schedule/advice")).body);
  expect([answer.advice, answer.done]).toEqual([[], []]);
});

test("a fit that fails leaves the one before", async () => {
  await start();
  await record(29);
  await under.hub.attribution.fit();
  const before = await culprits();
  const { executions } = under.hub.store;
  const works = Object.assign({}, executions);
  executions.measured = () => Promise.reject(new Error("the disk broke"));
  await expect(under.hub.attribution.fit()).rejects.toThrow("the disk broke");
  expect(await culprits()).toEqual(before);
  Object.assign(executions, works);
  // It rests a while after a failure, but for who insists.
  under.clock.set("2026-11-24T13:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await culprits()).toEqual(before);
  under.clock.set("2026-11-23T13:00:00Z");
  await under.hub.attribution.fit();
  expect((await culprits()).fittedAt).toBe("2026-11-23T13:00:00.000000Z");
});

test("a fit is made again when enough is new, and daily", async () => {
  await start();
  await record(20);
  await under.hub.attribution.fit();
  const fittedAt = async () => (await culprits()).fittedAt!.slice(0, 16);
  under.clock.set("2026-11-23T15:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T12:00");
  const body = Array.from({ length: 20 }, (_, hour) => ({
    machine: "db1",
    process: "tick",
    startedAt: formatInstant(parseInstant("2026-11-22T12:00:00Z")! + hour * 3600e6),
    endedAt: formatInstant(parseInstant("2026-11-22T12:00:10Z")! + hour * 3600e6),
  }));
  await under.ask("POST", "/executions", { body });
  await under.hub.attribution.refitIfNew();
  under.clock.set("2026-11-24T14:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T15:00");
  under.clock.set("2026-11-24T15:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-24T15:00");
});

test("what was asked of a fit is answered by it, also when the next one takes its place meanwhile", async () => {
  await start();
  await record(29);
  await under.hub.attribution.fit();
  const { slowed } = aCrowdedMachine({ machine: "db1", days: 29, until: parseInstant(now)! });
  const answers = slowed.map(({ id }) => under.ask("GET", `/executions/${id}/why`));
  const [fit, ...whys] = await Promise.all([under.hub.attribution.fit(), ...answers]);
  expect(fit.found.culprits).toHaveLength(1);
  for (const { status, body } of whys) {
    expect(status).toBe(200);
    expect(whySchema.parse(body).verdict).toBe("culprit");
  }
});

test("closing ends a fit under way, which is no failure, and who waits for a window is put off", async () => {
  await start();
  await record(29);
  await under.hub.attribution.fit();
  under.clock.set("2026-11-25T12:00:00Z");
  const [chore, asked] = await Promise.all([
    under.hub.attribution.refitIfNew(),
    under.ask("GET", "/culprits?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z"),
    later(() => under.hub.attribution.close()),
  ]);
  expect(chore).toBeUndefined();
  expect(asked).toMatchObject({ status: 503, body: { code: "overloaded" } });
});

test("a run is explained without a fit that was lost, and what-if asks for patience", async () => {
  await start();
  const { runs, slowed } = aCrowdedMachine({ machine: "db1", days: 29, until: parseInstant(now)! });
  await under.ask("POST", "/executions", { body: runs });
  await under.hub.attribution.fit();
  const why = () => under.ask("GET", `/executions/${slowed.at(-1)!.id}/why`);
  expect(await why()).toMatchObject({ status: 200, body: { verdict: "culprit" } });
  await under.hub.attribution.close();
  expect(await why()).toMatchObject({ status: 200, body: { verdict: "unknown" } });
  const moves = [{ process: "reindex", machine: "db1", shiftSeconds: 3600 }];
  expect(await under.ask("POST", "/schedule/what-if", { body: { moves } })).toMatchObject({
    status: 503,
    body: { code: "overloaded" },
  });
});

test("a window that began before anything is kept is cut, and one that ended before is refused", async () => {
  await start();
  await record(10);
  await under.hub.attribution.fit();
  const { status, body } = await under.ask("GET", "/culprits?from=0001-01-01T00:00:00Z");
  expect(status).toBe(200);
  expect(culpritsSchema.parse(body).window.from > "2025-11-01").toBe(true);
  const before = await under.ask("GET", "/culprits?from=0001-01-01T00:00:00Z&to=1990-01-01T00:00:00Z");
  expect(before).toMatchObject({ status: 400, body: { code: "invalid-request" } });
});

test("a window whose fit fails keeps nobody from the usual one", async () => {
  await start();
  await record(20);
  await under.hub.attribution.fit();
  const { executions } = under.hub.store;
  const works = Object.assign({}, executions);
  executions.measured = () => Promise.reject(new Error("the disk broke"));
  const other = await under.ask("GET", "/culprits?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z");
  expect(other.status).toBe(500);
  Object.assign(executions, works);
  under.clock.set("2026-11-25T12:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect((await culprits()).fittedAt).toBe("2026-11-25T12:00:00.000000Z");
});

/** A moment later, when what was begun is under way. */
async function later(work: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await work();
}
