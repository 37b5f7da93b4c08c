import { formatInstant, parseInstant, type SupervisionEvent } from "@culprit/protocol";
import { afterEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { executionBatch, machineUnderTest } from "../test/machine-under-test.ts";

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
