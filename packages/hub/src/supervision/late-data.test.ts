import { formatInstant, parseInstant, type SupervisionEvent } from "@culprit/protocol";
import { afterEach, expect, test, vi } from "vitest";
import { loseOverdue } from "../checkins/overdue.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { executionBatch, machineUnderTest } from "../test/machine-under-test.ts";
import { Sweep } from "./sweep.ts";

let tested: HubUnderTest;
afterEach(() => tested.close());

const minute = 60_000_000;
const start = parseInstant("2026-11-23T00:00:00Z")!;

/** A job that is expected every ten minutes on a machine with an agent, or with none. */
async function watched({ agent }: { agent: boolean }) {
  tested = await hubUnderTest(formatInstant(start));
  const web1 = await machineUnderTest(tested, "web-1");
  await tested.ask("PUT", "/expectations", {
    body: { process: "mail", machine: "web-1", cron: "*/10 * * * *", graceSeconds: 120 },
  });
  let sequence = 0;
  const reported = (at: number) => ({
    id: `mail-${at}`,
    process: "mail",
    kind: "cron",
    startedAt: formatInstant(start + at * minute),
    endedAt: formatInstant(start + at * minute + 5_000_000),
  });
  const clockAt = (at: number) => tested.clock.set(formatInstant(start + at * minute));
  return {
    clockAt,
    /** Sweeps each minute of [from, to); an agent is heard unless it is silent. */
    async pass(from: number, to: number, { silent = false, asleep = false } = {}) {
      for (let at = from; at < to; at++) {
        clockAt(at);
        if (agent && !silent) tested.hub.fleet.heard(web1.machineId);
        if (!asleep) await tested.hub.sweep.tick();
      }
    },
    /** By the agent's upload, or by HTTP. */
    async deliver(...minutes: number[]) {
      const runs = minutes.map(reported);
      const byHttp = {
        method: "POST",
        url: "/api/v1/executions",
        headers: web1.headers,
        payload: runs,
      } as const;
      const { status } = agent
        ? await web1.upload(executionBatch(++sequence, runs))
        : { status: (await tested.app.inject(byHttp)).statusCode };
      expect(status).toBe(200);
    },
    async events(): Promise<string[]> {
      const { body } = await tested.ask("GET", `/events?from=${formatInstant(start)}&withdrawn=true`);
      return (body as { items: SupervisionEvent[] }).items.map(
        ({ kind, expectedAt, executionId, ending = "open", detail, withdrawn }) =>
          `${kind} ${expectedAt!.slice(11, 16)} ${detail.count ?? ""} ${ending}${withdrawn ? ` by ${executionId}` : ""}`,
      );
    },
  };
}

test("of a machine that is silent nothing is missed until it has delivered, and then only what did not run", async () => {
  const job = await watched({ agent: true });
  await job.deliver(0);
  await job.pass(0, 10);
  await job.pass(10, 100, { silent: true });
  expect(await job.events()).toEqual([]);
  await job.pass(100, 101);
  await job.deliver(10, 20, 30, 40, 50, 60, 80, 90, 100);
  await job.pass(101, 106);
  expect(await job.events()).toEqual(["missed 01:10 1 ran-again"]);
}, 30_000);

test("a run that is reported after it was called missed takes that back, and splits what was one", async () => {
  const job = await watched({ agent: true });
  await job.deliver(0);
  await job.pass(0, 36);
  expect(await job.events()).toEqual(["missed 00:10 3 open"]);
  await job.deliver(20);
  await job.pass(36, 38);
  expect(await job.events()).toEqual(["missed 00:30 1 open", "missed 00:10 1 ran-again"]);
  await job.deliver(10, 30);
  await job.pass(38, 39);
  expect(await job.events()).toEqual([
    `missed 00:30 1 arrived-late by mail-30`,
    `missed 00:10 1 arrived-late by mail-10`,
  ]);
}, 30_000);

test("a hub that slept for three hours says nothing of what it could not hear", async () => {
  const job = await watched({ agent: false });
  await job.deliver(0);
  await job.pass(0, 10);
  await job.pass(10, 190, { asleep: true });
  await job.deliver(190);
  await job.pass(190, 215);
  expect(await job.events()).toEqual(["missed 03:20 2 open"]);
}, 30_000);

test("nor of a job that checks in on a machine with an agent: nobody delivers what it said meanwhile", async () => {
  const job = await watched({ agent: true });
  const { body } = await tested.ask("POST", "/checkins", { body: { machine: "web-1", process: "mail" } });
  const url = `/checkin/healthchecks/ping/${(body as { token: string }).token}`;
  await tested.app.inject({ url });
  await job.pass(0, 10);
  await job.pass(10, 190, { asleep: true });
  job.clockAt(190);
  await tested.app.inject({ url });
  await job.pass(190, 215);
  expect(await job.events()).toEqual(["missed 03:20 2 open"]);
}, 30_000);

test("a schedule that is changed ends what was missed of the one before", async () => {
  const job = await watched({ agent: false });
  await job.pass(0, 15);
  expect(await job.events()).toEqual(["missed 00:00 2 open"]);
  await tested.ask("PUT", "/expectations", {
    body: { process: "mail", machine: "web-1", cron: "0 5 * * *", graceSeconds: 120 },
  });
  await job.pass(15, 16);
  expect(await job.events()).toEqual(["missed 00:00 2 no-longer-expected"]);
}, 30_000);

const open = { process: "backup", kind: "cron", startedAt: formatInstant(start) };

test("an end that is told long after it came about is noticed, of a run that was told as running", async () => {
  const job = await watched({ agent: false });
  const record = (run: object) =>
    tested.ask("POST", "/executions", { body: { machine: "web-1", ...open, ...run } });
  await record({ id: "a" });
  await job.pass(0, 1);
  await job.pass(27, 30);
  await record({ id: "a", endedAt: formatInstant(start + 5 * minute), outcome: "failed" });
  await job.pass(30, 32);
  expect(await eventsOf("backup")).toEqual(["failed a"]);
}, 30_000);

test("a check-in whose end never came is noticed as lost, also by a hub that was away at its limit", async () => {
  const job = await watched({ agent: false });
  const { body } = await tested.ask("POST", "/checkins", { body: { machine: "web-1", process: "backup" } });
  const ping = `/checkin/healthchecks/ping/${(body as { token: string }).token}/start`;
  expect((await tested.app.inject({ url: ping })).statusCode).toBe(200);
  await job.pass(0, 2);
  const day = 24 * 60;
  await job.pass(day + 120, day + 123);
  await loseOverdue(tested.hub);
  await job.pass(day + 123, day + 124);
  expect(await eventsOf("backup")).toEqual([expect.stringMatching(/^lost checkin-/)]);
}, 30_000);

test("of two runs of the same instants the event names the one that failed", async () => {
  const job = await watched({ agent: false });
  const endedAt = formatInstant(start + minute);
  for (const [id, outcome] of [
    ["a", "ok"],
    ["b", "failed"],
  ])
    await tested.ask("POST", "/executions", { body: { machine: "web-1", ...open, id, endedAt, outcome } });
  await job.pass(1, 3);
  // It stays open until the next run, and costs no search of all history meanwhile.
  const byId = vi.spyOn(tested.hub.store.executions, "byId");
  await job.pass(3, 5);
  expect(byId).not.toHaveBeenCalled();
  expect((await eventsOf("backup")).filter((event) => event.startsWith("failed"))).toEqual(["failed b"]);
}, 30_000);

test("runs that are looked at again are judged by what was normal in their time", async () => {
  const job = await watched({ agent: false });
  const days = 28 * 24 * 60;
  job.clockAt(days);
  const runs = Array.from({ length: 112 }, (_, number) => {
    const seconds = (number < 56 ? 1000 : 60) * (1 + (number % 5) / 100);
    const startedAt = start + number * 360 * minute;
    return {
      ...open,
      machine: "web-1",
      id: `run-${number}`,
      startedAt: formatInstant(startedAt),
      endedAt: formatInstant(startedAt + seconds * 1_000_000),
    };
  });
  expect((await tested.ask("POST", "/executions", { body: runs })).status).toBe(200);
  await tested.hub.normals.fit();
  await job.pass(days, days + 1);
  expect(await eventsOf("backup")).toEqual([]);
}, 30_000);

test.each([
  // By the clock the start that was last missed only came late; a rhythm begins anew with the run.
  ["by the clock", { cron: "0 0 * * *" }, 34, 33],
  ["in a rhythm", { everySeconds: 86_400 }, 33, 33],
])(
  "what is missed %s for longer than a sweep looks back stays one event, until it runs",
  async (_how, schedule, count, missed) => {
    await watched({ agent: false });
    await tested.ask("PUT", "/expectations", { body: { process: "backup", machine: "web-1", ...schedule } });
    const sweep = new Sweep({ ...tested.hub, everySeconds: 20_000 });
    const sweepAt = async (hours: number) => {
      tested.clock.set(formatInstant(start + (hours * 60 + 6) * minute));
      await sweep.tick();
      const window = `from=${formatInstant(start)}&to=2027-01-31T00:00:00Z`;
      const { body } = await tested.ask("GET", `/events?${window}&process=backup&kind=missed&withdrawn=true`);
      return (body as { items: SupervisionEvent[] }).items;
    };
    const end = 33 * 24 + 12;
    for (let hours = 0; hours < end; hours += 24) await sweepAt(hours);
    const lastExpectedAt = "2026-12-26T00:00:00.000000Z";
    expect(await sweepAt(end)).toMatchObject([{ detail: { count, lastExpectedAt } }]);
    const startedAt = formatInstant(start + (end * 60 + 7) * minute);
    const run = { ...open, machine: "web-1", startedAt, id: "a" };
    tested.clock.set(startedAt);
    expect((await tested.ask("POST", "/executions", { body: run })).status).toBe(200);
    const ended = [{ detail: { count: missed }, ending: "ran-again" }];
    expect(await sweepAt(end + 1)).toMatchObject(ended);
    expect(await sweepAt(end + 7)).toMatchObject(ended);
  },
  30_000,
);

test("what was wrong on a machine that is removed is over, and nothing is expected of it", async () => {
  const job = await watched({ agent: false });
  const ended = { id: "a", endedAt: formatInstant(start + minute), outcome: "failed" };
  for (const run of [ended, { id: "b", startedAt: formatInstant(start + 2 * minute) }])
    await tested.ask("POST", "/executions", { body: { machine: "web-1", ...open, ...run } });
  await job.pass(2, 4);
  const isOpen = async () => {
    const { body } = await tested.ask("GET", `/events?from=${formatInstant(start)}&open=true`);
    return (body as { items: SupervisionEvent[] }).items.map(({ kind }) => kind);
  };
  expect(await isOpen()).toEqual(["missed", "failed"]);
  expect((await tested.ask("DELETE", "/machines/web-1")).status).toBe(204);
  await job.pass(4, 5);
  expect(await isOpen()).toEqual([]);
  expect((await tested.ask("GET", "/expectations")).body).toEqual({ items: [] });
}, 30_000);

async function eventsOf(process: string): Promise<string[]> {
  const { body } = await tested.ask(
    "GET",
    `/events?from=${formatInstant(start)}&to=2027-01-31T00:00:00Z&process=${process}`,
  );
  return (body as { items: SupervisionEvent[] }).items.map(
    ({ kind, executionId }) => `${kind} ${executionId}`,
  );
}
