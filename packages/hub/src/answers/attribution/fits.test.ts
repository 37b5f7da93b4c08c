/** What becomes of fits over a hub's life: one hub, whose days go by from test to test. */
import {
  culprits as culpritsSchema,
  formatInstant,
  parseInstant,
  scheduleAdvice,
  why as whySchema,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aCrowdedMachine } from "../../test/a-crowded-machine.ts";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";

const now = "2026-11-23T12:00:00Z";
const { runs, slowed } = aCrowdedMachine({ machine: "db1", days: 29, until: parseInstant(now)! });
let under: HubUnderTest;
beforeAll(async () => {
  under = await hubUnderTest(now);
  await under.hub.fleet.create("db1");
});
afterAll(() => under.close());

const culprits = async (query = "") =>
  culpritsSchema.parse((await under.ask("GET", `/culprits${query}`)).body);
const fittedAt = async () => (await culprits()).fittedAt!.slice(0, 16);

async function whileReadingFails(work: () => Promise<void>): Promise<void> {
  const { executions } = under.hub.store;
  const works = Object.assign({}, executions);
  executions.measured = () => Promise.reject(new Error("the disk broke"));
  await work();
  Object.assign(executions, works);
}

test("a store without runs is not fitted: nobody is cleared before anything ran", async () => {
  await under.hub.attribution.refitIfNew();
  const found = await culprits();
  expect(found).toMatchObject({ culprits: [], notSeparable: [], notEnough: [], slowRuns: 0, coverage: null });
  expect([found.fittedAt, found.progress], "nor is one under way").toEqual([null, null]);
  const answer = scheduleAdvice.parse((await under.ask("GET", "/schedule/advice")).body);
  expect([answer.advice, answer.done, answer.herds, answer.progress]).toEqual([[], [], [], null]);
});

test("while runs are taken in, a fit comes soon when there are twice as many, and else after a minute", async () => {
  const post = (body: object) => under.ask("POST", "/executions", { body });
  await post(runs.slice(0, 10));
  await under.hub.attribution.refitIfNew();
  expect((await culprits()).fittedAt, "the first at once").toBe(formatInstant(parseInstant(now)!));
  under.clock.set("2026-11-23T12:00:30Z");
  await post(runs.slice(10, 19));
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T12:00");
  under.clock.set("2026-11-23T12:00:59Z");
  await post(runs.slice(19, 20));
  await under.hub.attribution.refitIfNew();
  expect((await culprits()).fittedAt).toBe("2026-11-23T12:00:59.000000Z");
  under.clock.set("2026-11-23T12:01:05Z");
  expect((await post(runs.slice(20))).status).toBe(200);
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt(), "not within seconds").toBe("2026-11-23T12:00");
  under.clock.set("2026-11-23T12:01:30Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T12:01");
  under.clock.set(now);
});

test("a fit that fails leaves the one before, and the next is not tried at once", async () => {
  const before = await culprits();
  await whileReadingFails(async () => {
    await expect(under.hub.attribution.fit()).rejects.toThrow("the disk broke");
    expect(await culprits()).toEqual(before);
  });
  under.clock.set("2026-11-24T13:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await culprits()).toEqual(before);
  // Who insists has one.
  under.clock.set("2026-11-23T13:00:00Z");
  await under.hub.attribution.fit();
  expect(await fittedAt()).toBe("2026-11-23T13:00");
});

test("what was asked of a fit is answered by it, also when the next one takes its place meanwhile", async () => {
  const answers = slowed.slice(-6).map(({ id }) => under.ask("GET", `/executions/${id}/why`));
  const [fit, ...whys] = await Promise.all([under.hub.attribution.fit(), ...answers]);
  expect(fit.found.culprits).toHaveLength(1);
  for (const { status, body } of whys) {
    expect(status).toBe(200);
    expect(whySchema.parse(body).verdict).toBe("culprit");
  }
});

test("a fit is made again when enough is new, and daily", async () => {
  under.clock.set("2026-11-23T16:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T13:00");
  const body = Array.from({ length: 20 }, (_, hour) => ({
    machine: "db1",
    process: "tick",
    startedAt: formatInstant(parseInstant("2026-11-22T12:00:00Z")! + hour * 3600e6),
    endedAt: formatInstant(parseInstant("2026-11-22T12:00:10Z")! + hour * 3600e6),
  }));
  await under.ask("POST", "/executions", { body });
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T16:00");
  under.clock.set("2026-11-24T15:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-23T16:00");
});

test("a window whose fit fails keeps nobody from the usual one", async () => {
  await whileReadingFails(async () => {
    const other = await under.ask("GET", "/culprits?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z");
    expect(other.status).toBe(500);
  });
  under.clock.set("2026-11-24T16:00:00Z");
  await under.hub.attribution.refitIfNew();
  expect(await fittedAt()).toBe("2026-11-24T16:00");
});

test("a window that began before anything is kept is cut, and one that ended before is refused", async () => {
  expect((await culprits("?from=0001-01-01T00:00:00Z")).window.from > "2025-11-01").toBe(true);
  const before = await under.ask("GET", "/culprits?from=0001-01-01T00:00:00Z&to=1990-01-01T00:00:00Z");
  expect(before).toMatchObject({ status: 400, body: { code: "invalid-request" } });
});

test("closing ends a fit under way, which is no failure, and who waits for a window is put off", async () => {
  under.clock.set("2026-11-26T12:00:00Z");
  const [chore, asked] = await Promise.all([
    under.hub.attribution.refitIfNew(),
    under.ask("GET", "/culprits?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z"),
    later(() => under.hub.attribution.close()),
  ]);
  expect(chore).toBeUndefined();
  expect(asked).toMatchObject({ status: 503, body: { code: "overloaded" } });
});

test("a run is explained without a fit that was lost, and what-if asks for patience", async () => {
  expect(await under.ask("GET", `/executions/${slowed.at(-1)!.id}/why`)).toMatchObject({
    status: 200,
    body: { verdict: "unknown" },
  });
  const moves = [{ process: "reindex", machine: "db1", shiftSeconds: 3600 }];
  expect(await under.ask("POST", "/schedule/what-if", { body: { moves } })).toMatchObject({
    status: 503,
    body: { code: "overloaded" },
  });
});

/** A moment later, when what was begun is under way. */
async function later(work: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await work();
}
