import { CronSchedule } from "@culprit/analysis";
import { formatInstant, parseInstant, type Expectation, type SupervisionEvent } from "@culprit/protocol";
import { afterEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";
import { Learning } from "./learning.ts";

let tested: HubUnderTest;
afterEach(() => tested.close());

test("a schedule is learnt from history, gives way to a person's word, and tells what is missed", async () => {
  tested = await hubUnderTest("2026-11-23T00:00:00Z");
  const web1 = await machineUnderTest(tested, "web-1");
  const from = parseInstant("2026-11-09T00:00:00Z")!;
  const to = parseInstant("2026-11-23T00:00:00Z")!;
  const runsOf = (process: string, cron: string, kind: string): object[] =>
    new CronSchedule(cron, "UTC").starts(from / 1000, to / 1000).map((start) => ({
      process,
      kind,
      startedAt: formatInstant(start * 1000 + 1_000_000),
      endedAt: formatInstant(start * 1000 + 9_000_000),
    }));
  const payload = [
    ...runsOf("hourly", "7 * * * *", "cron"),
    ...runsOf("nightly", "0 3 * * *", "job"),
    ...runsOf("said", "0 4 * * *", "cron"),
    ...runsOf("GET /", "*/30 * * * *", "web"),
  ];
  const sent = { method: "POST", url: "/api/v1/executions", headers: web1.headers, payload } as const;
  expect((await tested.app.inject(sent)).statusCode).toBe(200);
  const said = { process: "said", machine: "web-1", cron: "0 5 * * *" };
  await tested.ask("PUT", "/expectations", { body: said });

  const learning = new Learning(tested.hub);
  expect(await learning.tick()).toBe(true);
  expect(await learning.tick()).toBe(false);
  const { items } = (await tested.ask("GET", "/expectations")).body as { items: Expectation[] };
  expect(items.map(({ process, source, cron, inForce }) => ({ process, source, cron, inForce }))).toEqual([
    { process: "hourly", source: "learnt", cron: "7 * * * *", inForce: true },
    { process: "nightly", source: "learnt", cron: "0 3 * * *", inForce: true },
    { process: "said", source: "set", cron: "0 5 * * *", inForce: true },
  ]);
  expect(items[0]!.nextStartAt).toBe("2026-11-23T00:07:00.000000Z");

  await tested.hub.sweep.tick();
  for (const time of ["00:06", "00:07", "00:08", "00:09", "00:10", "00:11"]) {
    tested.clock.set(`2026-11-23T${time}:30Z`);
    await tested.hub.sweep.tick();
  }
  const { body } = await tested.ask("GET", "/events");
  expect((body as { items: SupervisionEvent[] }).items).toMatchObject([
    { process: "hourly", kind: "missed", expectedAt: "2026-11-23T00:07:00.000000Z" },
  ]);

  // What has stopped stays expected, else its silence would be no news.
  tested.clock.set("2026-11-26T00:00:00Z");
  await learning.tick();
  expect((await tested.ask("GET", "/expectations")).body).toMatchObject({ items: { length: 3 } });
  // One that runs as it likes is no longer expected.
  const atWill = Array.from({ length: 90 }, (_, at) => {
    const startedAt = formatInstant(parseInstant("2026-11-25T08:00:00Z")! + at * at * 7_310_000);
    return { process: "hourly", kind: "cron", startedAt, endedAt: startedAt };
  });
  await tested.app.inject({ ...sent, payload: atWill });
  tested.clock.set("2026-11-26T02:00:00Z");
  await learning.tick();
  const left = (await tested.ask("GET", "/expectations")).body as { items: Expectation[] };
  expect(left.items.map(({ process }) => process)).toEqual(["nightly", "said"]);
}, 30_000);
