/** What every engine must do for check-ins. */
import { describe, expect, test } from "vitest";
import type { CheckinRow, ExecutionRow, Store } from "../store.ts";
import { second, start, stillRunning } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function checkinsSuite(engine: Store["engine"], address: Address): void {
  describe(`check-ins on ${engine}`, () => {
    const on = storeInTest(address);

    const add = (slug: string, more: Partial<CheckinRow> = {}, most = 10) =>
      on.store.checkins.add(
        {
          machineId: on.machineId,
          slug,
          process: slug,
          secretHash: `hash of ${slug}`,
          createdAt: start,
          ...more,
        },
        most,
      );
    const added = async (slug: string, more: Partial<CheckinRow> = {}): Promise<CheckinRow> => {
      const row = await add(slug, more);
      if (typeof row === "string") throw new Error(row);
      return row;
    };
    const begin = (executionId: string, seconds: number, more: Partial<ExecutionRow> = {}) =>
      on.send(on.execution(executionId, { ...stillRunning, startedAt: start + seconds * second, ...more }));

    test("are found by their secret and by their slug, on one machine or on all", async () => {
      const other = (await on.store.machines.create("web-2", start))!;
      const backup = await added("backup");
      const report = await added("report", { secretHash: null });
      const elsewhere = await added("report", { secretHash: null, machineId: other });
      expect(backup).toMatchObject({
        machineId: on.machineId,
        process: "backup",
        schedule: null,
        lastAt: null,
      });
      expect(await on.store.checkins.list()).toEqual([backup, report, elsewhere]);
      expect(await on.store.checkins.bySecret("hash of backup")).toEqual(backup);
      expect(await on.store.checkins.bySecret("hash of report")).toBeNull();
      expect(await on.store.checkins.bySlug("report", other)).toEqual([elsewhere]);
      expect(await on.store.checkins.bySlug("report")).toEqual([report, elsewhere]);
      expect(await on.store.checkins.bySlug("absent")).toEqual([]);
    });

    test("are one for each slug of a machine and for each secret, and not too many", async () => {
      await added("backup");
      expect(await add("backup", { secretHash: null })).toBe("slug-taken");
      expect(await add("copy", { secretHash: "hash of backup" })).toBe("secret-taken");
      expect(await add("second", {}, 1)).toBe("too-many");
      const once = await Promise.all([1, 2, 3].map(() => add("at once", { secretHash: null })));
      expect(once.filter((each) => each === "slug-taken")).toHaveLength(2);
      expect(await on.store.checkins.list()).toHaveLength(2);
    });

    test("go alone, or with their machine", async () => {
      const backup = await added("backup");
      await added("report");
      expect(await on.store.checkins.remove(backup.checkinId)).toBe(true);
      expect(await on.store.checkins.remove(backup.checkinId)).toBe(false);
      expect(await on.store.checkins.list()).toHaveLength(1);
      await on.store.machines.remove(on.machineId);
      expect(await on.store.checkins.list()).toEqual([]);
    });

    test("remember what was heard last, and when runs are due", async () => {
      const { checkinId } = await added("backup");
      await on.store.checkins.heard([
        { checkinId, at: start + 1, signal: "start", message: "one\0two" },
        { checkinId, at: start + 2, signal: "ok" },
      ]);
      const schedule = { cron: "0 3 * * *", timeZone: "Europe/Berlin", graceSeconds: 60, maxSeconds: 90 };
      await on.store.checkins.setSchedule(checkinId, schedule);
      const last = { lastAt: start + 2, lastSignal: "ok", message: "one\uFFFDtwo" };
      expect(await on.store.checkins.list()).toMatchObject([{ ...last, schedule }]);
      await on.store.checkins.setSchedule(checkinId, null);
      expect(await on.store.checkins.list()).toMatchObject([{ ...last, schedule: null }]);
    });

    test("have the runs under way that carry their number, the newest first", async () => {
      await begin("checkin-7-a", 1);
      await begin("checkin-7-b", 3);
      await begin("checkin-7-c", 2, { endedAt: start + 9 * second, outcome: "ok" });
      await begin("checkin-77-d", 4);
      const found = await on.store.checkins.openRuns(on.machineId, "checkin-7-");
      expect(found.map(({ executionId }) => executionId)).toEqual(["checkin-7-b", "checkin-7-a"]);
      expect(await on.store.checkins.openRuns(on.machineId + 1, "checkin-7-")).toEqual([]);
      expect(await on.store.checkins.openRun(on.machineId, "checkin-7-a")).toEqual(found[1]);
      expect(await on.store.checkins.openRun(on.machineId, "checkin-7-c")).toBeNull();
      expect(await on.store.checkins.openRun(on.machineId, "checkin-7-")).toBeNull();
    });

    test("tell of runs that have outlived their own limit or the usual one", async () => {
      const { checkinId } = await added("short");
      await on.store.checkins.setSchedule(checkinId, { maxSeconds: 10 });
      await begin(`checkin-${checkinId}-short`, 0);
      await begin("checkin-999-gone", 0);
      await begin("checkin-odd", 0);
      await begin("other", 0);
      const overdue = async (seconds: number, most = 10) =>
        (await on.store.checkins.overdue(start + seconds * second, "checkin-", 100 * second, most)).map(
          ({ row, limit }) => `${row.executionId} ${limit / second}`,
        );
      expect(await overdue(9.999999)).toEqual([]);
      expect(await overdue(10)).toEqual([`checkin-${checkinId}-short 10`]);
      expect((await overdue(100)).toSorted()).toEqual([
        `checkin-${checkinId}-short 10`,
        "checkin-999-gone 100",
        "checkin-odd 100",
      ]);
      expect(await overdue(100, 2)).toHaveLength(2);
      await on.store.machines.remove(on.machineId);
      expect(await overdue(100)).toEqual([]);
    });
  });
}
