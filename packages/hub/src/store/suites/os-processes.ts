/** What every engine must do for OS processes. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { hour, osProcesses, second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function osProcessesSuite(engine: Store["engine"], address: Address): void {
  describe(`OS processes on ${engine}`, () => {
    const on = storeInTest(address);
    const { batch, commit } = on;

    test("are known at an instant by their newest row", async () => {
      const columns = osProcesses({
        uid: ["a", "a", "b", "c"],
        at: [start, start + 60 * second, start, start + 120 * second],
        pid: [2, 2, 1, 3],
        ioReadBytes: [1, null, 1, 1],
      });
      await commit(batch(1, { osProcesses: columns }));
      const rows = await on.store.osProcesses.at(on.machineId, start - 1, start + 60 * second);
      expect(rows.map(({ uid, at }) => [uid, at])).toEqual([
        ["b", start],
        ["a", start + 60 * second],
      ]);
      expect(rows[1]).toEqual({
        at: start + 60 * second,
        intervalSeconds: 60,
        uid: "a",
        pid: 2,
        parentPid: 1,
        name: "worker",
        user: "root",
        startedAt: start - 3600 * second,
        cpuSeconds: 1,
        cpuPercent: 1.7,
        cpuTotalSeconds: 100,
        threads: 2,
        rssBytes: 10_000_000,
        memoryPercent: 0.5,
        ioReadBytes: null,
        ioWriteBytes: 200,
        ioOperations: 3,
        runQueueSeconds: 0.5,
        arguments: "worker --all",
      });
      expect(await on.store.osProcesses.at(on.machineId, start, start)).toEqual([]);
    });

    test("have a history", async () => {
      const columns = osProcesses({ uid: ["a", "b", "a"], at: [start, start, start + 60 * second] });
      await commit(batch(1, { osProcesses: columns }));
      const rows = await on.store.osProcesses.history(on.machineId, "a", start, start + 61 * second);
      expect(rows.map(({ at }) => at)).toEqual([start, start + 60 * second]);
      expect(await on.store.osProcesses.history(on.machineId, "a", start, start + 60 * second)).toHaveLength(
        1,
      );
    });

    test("are summed by name and user over windows, each row by the part that lies within", async () => {
      const columns = osProcesses({
        at: [start + 60 * second, start + 120 * second, start + 60 * second, start + 60 * second],
        uid: ["a", "a", "b", "c"],
        name: ["worker", "worker", "worker", "other"],
        cpuSeconds: [6, 12, 1, 2],
        rssBytes: [100, 300, 50, 7],
        ioReadBytes: [60, 60, 60, null],
        ioWriteBytes: [0, 0, 0, null],
        runQueueSeconds: [2, 4, 1, null],
      });
      await commit(batch(1, { osProcesses: columns }));
      const windows = [
        { from: start + 30 * second, to: start + 90 * second },
        { from: start - hour, to: start - hour / 2 },
      ];
      const usage = await on.store.osProcesses.usage(on.machineId, windows);
      expect(usage.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
        {
          window: 0,
          name: "other",
          user: "root",
          cpuSeconds: 1,
          ioBytes: null,
          rssBytes: 7,
          runQueueSeconds: null,
        },
        {
          window: 0,
          name: "worker",
          user: "root",
          cpuSeconds: 9.5,
          ioBytes: 90,
          rssBytes: 250,
          runQueueSeconds: 3.5,
        },
      ]);
    });
  });
}
