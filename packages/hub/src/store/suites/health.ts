/** What every engine must do for the states of machines. */
import type { MachineState } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { HealthRow, Store } from "../store.ts";
import { hour, second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function healthSuite(engine: Store["engine"], address: Address): void {
  describe(`states of machines on ${engine}`, () => {
    const on = storeInTest(address);
    const row = (state: MachineState, seconds: number, machineId = on.machineId): HealthRow => ({
      machineId,
      state,
      since: start + seconds * second,
      evidence: [{ code: "never-heard" }],
    });

    test("are kept with each change once, also when several hubs tell the same", async () => {
      const { health } = on.store;
      await health.change([row("online", 0), row("online", 1, 77)]);
      await health.change([row("online", 5), row("down", 6, 77)]);
      await health.change([row("down", 10)]);
      await health.change([row("down", 11)]);
      await on.reopen();
      const inOrder = (rows: HealthRow[]) => rows.toSorted((a, b) => a.machineId - b.machineId);
      expect(inOrder(await on.store.health.current())).toEqual([row("down", 10), row("down", 6, 77)]);
      const during = (from: number, to: number) => ({
        from: start + from * second,
        to: start + to * second,
      });
      expect(await on.store.health.transitions(during(0, 20), [on.machineId])).toEqual([
        row("online", 0),
        row("down", 10),
      ]);
      expect(await on.store.health.transitions(during(8, 20))).toEqual([
        row("online", 0),
        row("down", 6, 77),
        row("down", 10),
      ]);
      expect(await on.store.health.transitions(during(0, 20), [])).toEqual([]);
      await on.store.health.change([row("online", 15)]);
      const limit = start + 12 * second;
      const removed = await on.store.removeBefore({ samples: 0, executions: limit, keys: 0 });
      // The state that it was in then is still known.
      expect(removed).toMatchObject({ machine_transition: 2 });
      expect(await on.store.health.transitions(during(12, 20), [on.machineId])).toEqual([
        row("down", 10),
        row("online", 15),
      ]);
      await on.store.machines.remove(on.machineId);
      expect(await on.store.health.current()).toEqual([row("down", 6, 77)]);
    });

    test("are found by what is watched, which changes part by part", async () => {
      const { health } = on.store;
      const { machineId } = on;
      await health.watch([{ machineId, address: "192.0.2.7" }]);
      await health.watch([{ machineId, probe: { kind: "tcp", port: 22 } }]);
      const answered = { address: "192.0.2.7", probe: { kind: "ping" }, at: start } as const;
      await health.watch([{ machineId, answered }]);
      const whole = { machineId, address: "192.0.2.7", probe: { kind: "tcp", port: 22 }, answered };
      expect(await health.watched()).toEqual([whole]);
      await health.watch([{ machineId, probe: null }]);
      expect(await health.watched()).toEqual([{ ...whole, probe: null }]);
    });

    test("are unknown while nobody watched", async () => {
      const { health } = on.store;
      expect(await health.watchedUntil()).toBeNull();
      await health.setWatchedUntil(start);
      await health.setWatchedUntil(start + second);
      expect(await health.watchedUntil()).toBe(start + second);
      const away = { beganAt: start, endedAt: start + hour, cause: "hub-away" } as const;
      const cutOff = { beganAt: start + 2 * hour, endedAt: null, cause: "hub-cut-off" } as const;
      await health.putBlindTime(away);
      await health.putBlindTime(cutOff);
      expect(await health.blindTimes({ from: start, to: start + 5 * hour })).toEqual([away, cutOff]);
      await health.putBlindTime({ ...cutOff, endedAt: start + 3 * hour });
      expect(await health.blindTimes({ from: start + hour, to: start + 2 * hour })).toEqual([]);
      expect(await health.blindTimes({ from: start + 2.5 * hour, to: start + 9 * hour })).toEqual([
        { ...cutOff, endedAt: start + 3 * hour },
      ]);
    });

    test("do not count in maintenance, which is planned, changed and removed", async () => {
      const { maintenance } = on.store;
      const schedule = { kind: "weekly", days: [7], start: "02:00", minutes: 90, timeZone: "UTC" } as const;
      const wish = { machineId: on.machineId, name: "updates", from: start, until: null, createdAt: start };
      const row = await maintenance.add({ ...wish, schedule: { ...schedule, days: [7] } }, 2);
      if (row === "too-many") throw new Error("there were none");
      const whole = await maintenance.add(
        { ...wish, machineId: 0, schedule: { kind: "once", from: "a", to: "b" } },
        2,
      );
      expect(await maintenance.add({ ...wish, schedule: { kind: "once", from: "a", to: "b" } }, 2)).toBe(
        "too-many",
      );
      expect(await maintenance.change(row.maintenanceId, { until: start + hour })).toBe(true);
      expect(await maintenance.change(999, { name: "x" })).toBe(false);
      expect(await maintenance.list()).toEqual([{ ...row, until: start + hour }, whole]);
      expect(await maintenance.remove(row.maintenanceId)).toBe(true);
      expect(await maintenance.remove(row.maintenanceId)).toBe(false);
    });
  });
}
