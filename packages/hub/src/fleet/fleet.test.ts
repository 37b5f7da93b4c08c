import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { Fleet } from "./fleet.ts";

let system: HubUnderTest;
beforeAll(async () => {
  system = await hubUnderTest("2026-06-01T00:00:00Z");
});
afterAll(() => system.close());

/** On the hub's own store; counts how often all machines are read. `whenRead` is awaited before a read is answered. */
function countedFleet(whenRead: () => Promise<void> = async () => {}) {
  const { machines } = system.hub.store;
  let reads = 0;
  const list = async () => {
    reads++;
    const rows = await machines.list();
    await whenRead();
    return rows;
  };
  return { fleet: new Fleet({ ...machines, list }, system.clock), reads: () => reads };
}

test("machines that are made are known by id and name, and all of them are not read again for each", async () => {
  const { fleet, reads } = countedFleet();
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => fleet.create(`Made-${index}`)));
  expect(reads()).toBe(0);
  expect(fleet.find("made-7")).toMatchObject({ machineId: ids[7], name: "Made-7", labels: {} });
  await fleet.refresh();
  expect(fleet.all().map(({ name }) => name)).toEqual(expect.arrayContaining(["Made-0", "Made-19"]));
  expect(await fleet.create("MADE-7"), "names compare without case").toBeNull();
});

test("a machine that is made while all are being read is not forgotten, and one that was removed is", async () => {
  let made: number | null | undefined;
  const { fleet } = countedFleet(async () => {
    made ??= await fleet.create("late-comer");
  });
  await fleet.refresh();
  expect(fleet.find("late-comer")?.machineId).toBe(made);
  expect(await fleet.remove(made!)).toBe(true);
  expect(fleet.find("late-comer")).toBeUndefined();
});
