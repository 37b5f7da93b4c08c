/** Several hubs on one store, and probes that do not end. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { Checks } from "./checks.ts";
import { HubProbes } from "./hub-probes.ts";

let tested: HubUnderTest;
let silent: Server;
let connections = 0;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  silent = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
});
afterAll(async () => {
  silent.close();
  await tested.close();
});

async function another(turnSeconds: number) {
  const { store, clock, log } = tested.hub;
  const checks = new Checks(store.checks, clock);
  await checks.refresh();
  return new HubProbes({ store, clock, checks, internalTargets: ["127.0.0.1"], log, turnSeconds });
}

const resultsOf = async (check: string): Promise<number> => {
  const { body } = await tested.ask("GET", `/checks/results?check=${check}&to=2026-11-24T00:00:00Z`);
  return (body as { items: unknown[] }).items.length;
};

test("one hub probes at a time; what does not answer holds up no other check, no turn and no end", async () => {
  const { port } = silent.address() as AddressInfo;
  const add = async (name: string, target: object) =>
    expect(
      (await tested.ask("POST", "/checks", { body: { name, target, timeoutSeconds: 300 } })).status,
    ).toBe(200);
  await add("silent", { kind: "http", url: `http://127.0.0.1:${port}/` });
  await add("port", { kind: "tcp", host: "127.0.0.1", port });
  const [first, second] = [await another(1), await another(1)];
  const turn = first.turn();
  await expect.poll(() => resultsOf("port")).toBe(1);
  await expect.poll(() => connections).toBe(2);
  await second.turn();
  expect(connections).toBe(2);
  await turn;
  tested.clock.set("2026-11-23T03:01:00Z");
  const next = first.turn();
  await expect.poll(() => resultsOf("port")).toBe(2);
  await first.stop();
  await next;
  // Who takes over does not begin with what was seen just now.
  await tested.hub.checks.refresh();
  tested.hub.checks.heardAll();
  await tested.hub.checks.settle();
  const third = second.turn();
  await expect.poll(() => connections).toBe(4);
  await second.stop();
  await third;
  expect([await resultsOf("port"), await resultsOf("silent")]).toEqual([2, 0]);
});
