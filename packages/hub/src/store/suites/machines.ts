/** What every engine must do for machines. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { aToken, computer, points, second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function machinesSuite(engine: Store["engine"], address: Address): void {
  describe(`machines on ${engine}`, () => {
    const on = storeInTest(address);
    const { execution, batch, commit, send, ids } = on;

    test("are listed with what is known of them", async () => {
      await on.store.machines.contact([
        { machineId: on.machineId, at: on.now + 5, clockOffsetMicros: -250_000 },
      ]);
      await commit(batch(1, { computer, points: points([[1, on.now - second, 1, 0]]) }));
      expect(await on.store.machines.list()).toEqual([
        {
          machineId: on.machineId,
          name: "web-1",
          paused: false,
          enrolledAt: start,
          lastContactAt: on.now + 5,
          lastSampleAt: on.now - second,
          clockOffsetMicros: -250_000,
          computer,
          labels: {},
          group: null,
          timeZone: null,
          enrolledWith: null,
        },
      ]);
    });

    test("are heard together, those whose clock is known and those whose is not", async () => {
      const { machines } = on.store;
      const other = (await machines.create("web-2", start))!;
      await machines.contact([
        { machineId: on.machineId, at: on.now },
        { machineId: other, at: on.now, clockOffsetMicros: 1500 },
      ]);
      await machines.contact([
        { machineId: on.machineId, at: on.now + 1, clockOffsetMicros: 2500 },
        { machineId: other, at: on.now + 1 },
      ]);
      const heard = (await machines.list()).map(({ lastContactAt, clockOffsetMicros }) => ({
        lastContactAt,
        clockOffsetMicros,
      }));
      expect(heard).toEqual([
        { lastContactAt: on.now + 1, clockOffsetMicros: 2500 },
        { lastContactAt: on.now + 1, clockOffsetMicros: 1500 },
      ]);
    });

    test("have facts, the newest of each code, until they are removed", async () => {
      const { machineFacts, machines } = on.store;
      const fact = (code: string, content: string) => ({
        machineId: on.machineId,
        code,
        toldAt: on.now,
        content,
      });
      await machineFacts.put([fact("agent", "{}"), fact("flooding", '{"refused":1}')]);
      await machineFacts.put([fact("flooding", '{"refused":2}')]);
      const sorted = async () => (await machineFacts.list()).toSorted((a, b) => a.code.localeCompare(b.code));
      expect(await sorted()).toEqual([fact("agent", "{}"), fact("flooding", '{"refused":2}')]);
      await machineFacts.remove(on.machineId, "agent");
      expect(await sorted()).toEqual([fact("flooding", '{"refused":2}')]);
      await machines.remove(on.machineId);
      expect(await sorted()).toEqual([]);
    });

    test("keep what people say of them until it is changed, and with which token they came", async () => {
      const said = { labels: { role: "db", 'say "hi"': "<b>" }, group: "shop" };
      const machineId = (await on.store.machines.create("db-1", on.now, { ...said, enrolledWith: 7 }))!;
      const found = async () =>
        (await on.store.machines.list()).find((machine) => machine.machineId === machineId);
      expect(await found()).toMatchObject({ ...said, enrolledWith: 7, timeZone: null });
      await on.store.machines.change(machineId, { labels: {}, group: null, timeZone: "Asia/Tokyo" });
      expect(await found()).toMatchObject({
        name: "db-1",
        labels: {},
        group: null,
        timeZone: "Asia/Tokyo",
        enrolledWith: 7,
      });
      expect(await on.store.machines.change(machineId, {})).toBe("changed");
    });

    test("have names that are unique without regard to case", async () => {
      expect(await on.store.machines.create("WEB-1", on.now)).toBeNull();
      const other = (await on.store.machines.create("db", on.now))!;
      expect(await on.store.machines.change(other, { name: "Web-1" })).toBe("name-taken");
      expect(await on.store.machines.change(on.machineId, { name: "Web-1" })).toBe("changed");
      expect((await on.store.machines.list()).map(({ name }) => name)).toEqual(["Web-1", "db"]);
    });

    test("are paused, and an absent one can't be changed", async () => {
      expect(await on.store.machines.change(on.machineId, { paused: true })).toBe("changed");
      expect((await on.store.machines.list())[0]!.paused).toBe(true);
      expect(await on.store.machines.change(999, { paused: true })).toBe("absent");
    });

    test("leave with their tokens and marks, but their history stays", async () => {
      await on.store.access.addToken({ ...aToken, machineId: on.machineId });
      await commit(batch(1, { executions: [execution("kept")] }));
      expect(await on.store.machines.remove(on.machineId)).toBe(true);
      expect(await on.store.machines.remove(on.machineId)).toBe(false);
      expect(await on.store.machines.list()).toEqual([]);
      expect(await on.store.access.tokens()).toEqual([]);
      expect(await on.store.intake.marks(on.machineId)).toEqual([]);
      expect(await ids()).toEqual(["kept"]);
      expect(await commit(batch(2))).toEqual(["refused"]);
      expect(await send(execution("late"))).toMatchObject({ status: "refused" });
      expect((await on.store.machines.create("web-1", on.now))!).toBeGreaterThan(on.machineId);
    });

    test("are not made to look alive by samples from the future", async () => {
      await commit(batch(1, { points: points([[1, on.now + 3600 * second, 1, 0]]) }));
      expect((await on.store.machines.list())[0]!.lastSampleAt).toBe(on.now);
    });
  });
}
