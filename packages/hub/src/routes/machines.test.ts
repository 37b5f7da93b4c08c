/** A machine asked by a person what it would be asked when nothing is heard of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterAll(() => tested.close());

test("a machine that can't be asked says why, whether its address is unknown, the hub's own or an internal one", async () => {
  const { machineId } = await machineUnderTest(tested, "db-1");
  const ask = async () => (await tested.ask("POST", "/machines/db-1/probe")).body;
  expect(await ask()).toEqual({ result: "nothing-to-probe", reason: "no-address" });
  tested.hub.health.heardFrom(machineId, "::ffff:127.0.0.1");
  expect(await ask()).toEqual({ result: "nothing-to-probe", reason: "own-address" });
  tested.hub.health.heardFrom(machineId, "10.255.0.7");
  expect(await ask()).toEqual({ result: "nothing-to-probe", reason: "not-allowed" });
});

test("only a port can be asked for, and only of a machine that there is", async () => {
  const ask = async (machine: string, body: object) =>
    (await tested.ask("POST", `/machines/${machine}/probe`, { body })).status;
  expect(await ask("db-1", { kind: "tcp", port: 0 })).toBe(400);
  expect(await ask("db-1", { kind: "tcp", port: 22, host: "10.0.0.1" })).toBe(400);
  expect(await ask("nobody", { kind: "tcp", port: 22 })).toBe(404);
});
