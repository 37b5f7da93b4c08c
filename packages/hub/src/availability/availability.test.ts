import {
  parseInstant,
  type Availability,
  type CheckState,
  type FleetAvailability,
  type MachineState,
  type Maintenance,
} from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";
import { factsOfCheck } from "./check-facts.ts";
import { factOfState, historyOf } from "./history.ts";
import { maintenanceTimes } from "./maintenance-times.ts";
import { overlay, secondsOf } from "./spans.ts";

const second = 1_000_000;
const at = (text: string) => parseInstant(text)!;
const span = (from: number, to: number) => ({ from, to });

test("an overlay splits what it covers, and leaves the rest", () => {
  const spans = [
    { ...span(0, 10), kind: "up", fact: 0 },
    { ...span(10, 20), kind: "down", fact: 1 },
  ] as const;
  const covered = overlay(spans, [span(15, 30), span(5, 6), span(4, 5), span(9, 12)], "unknown");
  expect(covered.map(({ from, to, kind }) => [from, to, kind])).toEqual([
    [0, 4, "up"],
    [4, 6, "unknown"],
    [6, 9, "up"],
    [9, 10, "unknown"],
    [10, 12, "unknown"],
    [12, 15, "down"],
    [15, 20, "unknown"],
  ]);
  expect(overlay(spans, [span(0, 20)], "unknown", ({ kind }) => kind === "down")).toMatchObject([
    { kind: "up" },
    { kind: "unknown" },
  ]);
});

test("each second is of one kind, whatever is laid over what", () => {
  const states: [number, MachineState][] = [
    [100, "online"],
    [200, "down"],
    [260, "late"],
    [300, "paused"],
    [400, "silent"],
    [500, "unreachable"],
    [550, "online"],
  ];
  const facts = states.map(([since, state]) => factOfState({ since: since * second, state, evidence: [] }));
  const around = {
    blind: [span(150 * second, 170 * second), span(310 * second, 320 * second)],
    maintenance: [span(160 * second, 220 * second), span(500 * second, 560 * second)],
    now: 600 * second,
  };
  const { spans, incidents } = historyOf(facts, span(0, 600 * second), around);
  expect(secondsOf(spans)).toEqual({
    up: 50 + 40 + 40,
    down: 40,
    unreachable: 0,
    unknown: 100 + 10 + 100,
    paused: 100,
    maintenance: 60 + 60,
  });
  expect(incidents.map(({ kind, seconds, planned }) => [kind, seconds, planned])).toEqual([
    ["down", 40, false],
    ["silent", 100, false],
    ["unreachable", 0, true],
  ]);
});

test("maintenance of every week keeps to the local clock, also over its changes and past midnight", () => {
  const schedule = {
    kind: "weekly",
    days: [7],
    start: "02:30",
    minutes: 120,
    timeZone: "Europe/Berlin",
  } as const;
  const from = at("2026-03-01T00:00:00Z");
  const row = { schedule: { ...schedule, days: [7] }, from, until: null };
  const window = { from: at("2026-03-22T00:00:00Z"), to: at("2026-04-06T00:00:00Z") };
  expect(maintenanceTimes(row, window)).toEqual([
    span(at("2026-03-22T01:30:00Z"), at("2026-03-22T03:30:00Z")),
    // 02:30 is not shown on that day: as if the clock had not been moved yet.
    span(at("2026-03-29T01:30:00Z"), at("2026-03-29T03:30:00Z")),
    span(at("2026-04-05T00:30:00Z"), at("2026-04-05T02:30:00Z")),
  ]);
  const ended = { ...row, until: at("2026-03-29T02:00:00Z") };
  expect(maintenanceTimes(ended, window)).toHaveLength(2);
  const night = { ...schedule, days: [7], start: "23:00", timeZone: "UTC" };
  const monday = { from: at("2026-03-23T00:30:00Z"), to: at("2026-03-23T05:00:00Z") };
  expect(maintenanceTimes({ ...row, schedule: night }, monday)).toEqual([
    span(at("2026-03-23T00:30:00Z"), at("2026-03-23T01:00:00Z")),
  ]);
});

const check = {
  checkId: 1,
  machineId: 0,
  name: "shop",
  target: { kind: "ping", host: "shop" },
  intervalSeconds: 60,
  timeoutSeconds: 10,
  retries: 2,
  running: true,
  belief: null,
  believedUntil: 0,
  createdAt: 0,
} as const;
const results = (...list: [number, CheckState][]) =>
  list.map(([seconds, state]) => ({ at: seconds * second, state, text: `it is ${state}`, finding: null }));

test("a check is down from the first result that showed it, once its retries agree, and unknown where none came", () => {
  const facts = factsOfCheck(
    check,
    results(
      [0, "ok"],
      [60, "critical"],
      [65, "ok"],
      [120, "critical"],
      [125, "critical"],
      [130, "critical"],
      [180, "critical"],
      [240, "warning"],
      [900, "ok"],
    ),
    960 * second,
    ({ text }) => text,
  );
  expect(facts.map((fact) => [fact.at / second, fact.kind, fact.incident])).toEqual([
    [0, "up", null],
    [120, "down", "critical"],
    [240, "up", null],
    [382, "unknown", null],
    [900, "up", null],
  ]);
  expect(facts[1]!.text).toBe("it is critical");
  const [incident] = historyOf(facts, span(0, 960 * second), {
    blind: [],
    maintenance: [],
    now: 960 * second,
  }).incidents;
  expect(incident).toMatchObject({ kind: "critical", seconds: 120, text: "it is critical" });
});

let tested: HubUnderTest;
beforeEach(async () => {
  tested = await hubUnderTest("2026-11-01T00:00:00Z");
});
afterEach(() => tested.close());
const ask = async <T>(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, body?: object): Promise<T> =>
  (await tested.ask(method, url, body ? { body } : {})).body as T;

test("a machine's days, incidents and share are told in its zone, and planned work does not count", async () => {
  const { machineId } = await machineUnderTest(tested, "web-1");
  await machineUnderTest(tested, "never heard");
  const { health } = tested.hub.store;
  const evidence = [{ code: "never-heard" }] as const;
  const change = (instant: string, state: MachineState) =>
    health.change([{ machineId, since: at(instant), state, evidence: [...evidence] }]);
  await change("2026-11-01T00:00:00Z", "online");
  await change("2026-11-02T06:00:00Z", "down");
  await change("2026-11-02T12:00:00Z", "online");
  await health.putBlindTime({
    beganAt: at("2026-11-03T00:00:00Z"),
    endedAt: at("2026-11-03T12:00:00Z"),
    cause: "hub-away",
  });
  tested.clock.set("2026-11-04T00:00:00Z");
  const path = "/machines/web-1/availability?from=2026-11-01T00:00:00Z&timeZone=America/Sao_Paulo";
  const whole = await ask<Availability>("GET", path);
  const hours = 3600;
  expect(whole).toMatchObject({
    machine: "web-1",
    share: 54 / 60,
    knownShare: 60 / 72,
    seconds: { up: 54 * hours, down: 6 * hours, unreachable: 0, unknown: 12 * hours, maintenance: 0 },
    blind: [{ cause: "hub-away" }],
  });
  expect(whole.incidents).toMatchObject([
    {
      kind: "down",
      start: "2026-11-02T06:00:00.000000Z",
      end: "2026-11-02T12:00:00.000000Z",
      planned: false,
    },
  ]);
  // Local days begin at 03:00 UTC.
  expect(whole.days.map(({ date, incidents, seconds }) => [date, incidents, seconds.down])).toEqual([
    ["2026-10-31", 0, 0],
    ["2026-11-01", 0, 0],
    ["2026-11-02", 1, 6 * hours],
    ["2026-11-03", 0, 0],
  ]);
  const once = { kind: "once", from: "2026-11-02T05:00:00Z", to: "2026-11-02T09:00:00Z" };
  const planned = await ask<Maintenance>("POST", "/maintenance", {
    name: "disks",
    machine: "web-1",
    schedule: once,
  });
  expect(planned).toMatchObject({ id: "w_1", machine: "web-1", now: false });
  expect(await ask<Availability>("GET", path)).toMatchObject({
    share: 53 / 56,
    seconds: { down: 3 * hours, maintenance: 4 * hours },
    incidents: [{ seconds: 3 * hours, planned: false }],
  });
  const fleet = await ask<FleetAvailability>("GET", "/availability?from=2026-11-01T00:00:00Z");
  expect(fleet.items).toMatchObject([
    { machine: "web-1", share: 53 / 56 },
    { machine: "never heard", share: null, knownShare: 0, incidents: [] },
  ]);
  await ask("PATCH", "/maintenance/w_1", { schedule: { ...once, to: "2026-11-02T12:00:00Z" } });
  expect((await ask<Availability>("GET", path)).incidents).toMatchObject([{ seconds: 0, planned: true }]);
});

test("from before a check was made nothing is told, not even that nothing is known", async () => {
  tested.clock.set("2026-11-03T00:00:00Z");
  await ask("POST", "/checks", { name: "shop", target: { kind: "tcp", host: "192.0.2.1", port: 80 } });
  tested.clock.set("2026-11-04T00:00:00Z");
  const path = "/checks/shop/availability?from=2026-11-02T00:00:00Z";
  const { seconds, days } = await ask<Availability>("GET", path);
  expect(seconds.unknown).toBe(86_400);
  expect(days.map((day) => [day.date, day.seconds.unknown])).toEqual([
    ["2026-11-02", 0],
    ["2026-11-03", 86_400],
  ]);
});

test("what was planned stays so for the past when it is changed or taken back", async () => {
  const weekly = { kind: "weekly", days: [7], start: "00:00", minutes: 60, timeZone: "UTC" };
  const made = await ask<Maintenance>("POST", "/maintenance", { name: "updates", schedule: weekly });
  expect(made).toMatchObject({ now: true });
  tested.clock.set("2026-11-10T00:00:00Z");
  const changed = await ask<Maintenance>("PATCH", `/maintenance/${made.id}`, {
    schedule: { ...weekly, days: [1] },
  });
  expect(changed.id).not.toBe(made.id);
  expect((await tested.ask("DELETE", `/maintenance/${changed.id}`)).status).toBe(204);
  expect(await ask("GET", "/maintenance")).toMatchObject({
    items: [{ id: made.id, endedAt: "2026-11-10T00:00:00.000000Z" }],
  });
  expect((await tested.ask("DELETE", `/maintenance/${made.id}`)).status).toBe(404);
  const wrong = { kind: "once", from: "2026-11-02T09:00:00Z", to: "2026-11-02T09:00:00Z" };
  const post = (schedule: object) => tested.ask("POST", "/maintenance", { body: { name: "x", schedule } });
  expect((await post(wrong)).status).toBe(400);
  expect((await post({ ...weekly, timeZone: "Mars/Base" })).status).toBe(400);
  const tooLong = await tested.ask("GET", "/availability?from=2020-01-01T00:00:00Z");
  expect(tooLong.body).toMatchObject({ code: "limit-exceeded", limit: 400 });
});
