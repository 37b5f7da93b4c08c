import { afterEach, expect, test } from "vitest";
import { Retention } from "./retention.ts";
import { hubUnderTest, type HubUnderTest } from "./test/hub-under-test.ts";
import { machineUnderTest, oneRun } from "./test/machine-under-test.ts";

let tested: HubUnderTest;
afterEach(() => tested.close());

test("once a night, in its hour, what is older than its limit goes and the rest stays", async () => {
  tested = await hubUnderTest("2026-11-23T01:00:00Z", { retention: { executionDays: 30, hour: 3 } });
  const web1 = await machineUnderTest(tested, "web-1");
  const old = oneRun("old", { startedAt: "2026-10-20T00:00:00Z", endedAt: "2026-10-20T00:00:09Z" });
  const recent = oneRun("recent", { startedAt: "2026-11-20T00:00:00Z", endedAt: "2026-11-20T00:00:09Z" });
  const url = "/api/v1/executions";
  await tested.app.inject({ method: "POST", url, headers: web1.headers, payload: [old, recent] });
  const retention = new Retention(tested.hub);
  expect(await retention.tick()).toBe(false);
  expect((await tested.ask("GET", "/executions/old")).status).toBe(200);
  tested.clock.set("2026-11-23T03:10:00Z");
  expect(await retention.tick()).toBe(true);
  expect(await retention.tick()).toBe(false);
  expect((await tested.ask("GET", "/executions/old")).status).toBe(404);
  expect((await tested.ask("GET", "/executions/recent")).status).toBe(200);
  tested.clock.set("2026-11-24T03:00:00Z");
  expect(await retention.tick()).toBe(true);
});
