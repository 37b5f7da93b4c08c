/** What every engine must do for executions over time. */
import type { Micros } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { ExecutionRow, Store } from "../store.ts";
import { named, second, start, stillRunning } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function executionsOverTimeSuite(engine: Store["engine"], address: Address): void {
  describe(`executions over time on ${engine}`, () => {
    const on = storeInTest(address);
    const { execution, send } = on;

    const at = (seconds: number, length: number | null, more: Partial<ExecutionRow> = {}): ExecutionRow =>
      execution(`${seconds}`, {
        startedAt: start + seconds * second,
        ...(length === null ? stillRunning : { endedAt: start + (seconds + length) * second }),
        ...more,
      });
    const window = { from: start + 100 * second, to: start + 200 * second };
    test("touch a window: from its first instant on, to before its last", async () => {
      await send(
        at(0, 99.999999),
        at(10, 90),
        at(100, 0),
        at(150, 10),
        at(199.999999, 5),
        at(200, 1),
        at(20, null),
        at(250, null),
      );
      const found = named(await on.store.executions.list(window, 10));
      expect(found).toEqual(["199.999999", "150", "100", "20", "10"]);
      expect((await on.store.executions.columns(window, 10)).length).toBe(5);
    });

    test("are listed a page at a time, the newest first, without a gap or a repetition", async () => {
      const same = ["a", "b", "c"].map((executionId) => at(150, 1, { executionId }));
      await send(at(110, 1), ...same, at(160, null), at(170, 1));
      const pages: string[] = [];
      let before: { startedAt: Micros; executionId: string } | undefined;
      for (;;) {
        const page = await on.store.executions.list(window, 2, before);
        if (page.length === 0) break;
        pages.push(...named(page));
        before = page.at(-1)!;
      }
      expect(pages).toEqual(["170", "160", "c", "b", "a", "110"]);
    });

    test("are chosen by machine, process, step, kind and outcome", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      await send(
        at(110, 1),
        at(120, 1, { machineId: other }),
        at(130, 1, { processId: 2 }),
        at(140, 1, { stepId: 5, parentId: "110" }),
        at(150, 1, { kind: "web" }),
        at(160, 1, { outcome: "failed" }),
        at(170, null),
      );
      const by = async (filter: object) =>
        named(await on.store.executions.list({ ...window, ...filter }, 10));
      expect(await by({ machineIds: [other] })).toEqual(["120"]);
      expect(await by({ machineIds: [] })).toEqual([]);
      expect(await by({ processIds: [2, 3] })).toEqual(["130"]);
      expect(await by({ stepId: 5 })).toEqual(["140"]);
      expect(await by({ stepId: 0, machineIds: [on.machineId] })).toEqual([
        "170",
        "160",
        "150",
        "130",
        "110",
      ]);
      expect(await by({ kinds: ["web"] })).toEqual(["150"]);
      expect(await by({ outcomes: ["failed", "running"] })).toEqual(["170", "160"]);
      const columns = await on.store.executions.columns({ ...window, outcomes: ["failed", "running"] }, 10);
      expect(Array.from(columns.outcome)).toEqual([2, 0]);
    });

    test("have no end in columns if their length is not known, and keep it in rows", async () => {
      await send(
        at(150, 10, { flags: ["observed", "duration-unknown"] }),
        at(160, 10, { flags: ["future"] }),
      );
      const { endedAt } = await on.store.executions.columns(window, 100);
      expect(endedAt).toEqual(Float64Array.of(Number.NaN, start + 170 * second));
      const rows = await on.store.executions.list(window, 10);
      expect(rows.map((row) => row.endedAt)).toEqual([start + 170 * second, start + 160 * second]);
    });

    test("are read as columns in the order of their start, running ones with an open end", async () => {
      await send(
        at(130, 20),
        at(110, 5, { processId: 7, stepId: 3, kind: "job", outcome: "lost" }),
        at(120, null),
      );
      const columns = await on.store.executions.columns(window, 100);
      expect(columns).toEqual({
        length: 3,
        machineId: Int32Array.of(on.machineId, on.machineId, on.machineId),
        processId: Int32Array.of(7, 1, 1),
        stepId: Int32Array.of(3, 0, 0),
        kind: Uint8Array.of(2, 0, 0),
        outcome: Uint8Array.of(4, 0, 1),
        startedAt: Float64Array.of(start + 110 * second, start + 120 * second, start + 130 * second),
        endedAt: Float64Array.of(start + 115 * second, Number.NaN, start + 150 * second),
      });
      const newest = await on.store.executions.columns(window, 2);
      expect(Array.from(newest.startedAt)).toEqual([start + 120 * second, start + 130 * second]);
      expect((await on.store.executions.columns({ from: 0, to: 1 }, 5)).length).toBe(0);
    });

    test("are measured as whole runs with what they used, and NaN where nobody looked", async () => {
      const used = { cpuSeconds: 2.5, peakCpuCores: 1.5, ioReadBytes: 4096, peakIoBytesPerSecond: 512 };
      await send(
        at(130, 20, { ...used, flags: ["clock-skew", "observed"] }),
        at(110, 5, { parentId: "100", ioReadBytes: 1, ioWriteBytes: 2 }),
        at(115, 5, { stepId: 3 }),
        at(120, null),
      );
      const measured = await on.store.executions.measured(window, 100);
      const nan = Number.NaN;
      expect(measured).toEqual({
        length: 3,
        machineId: Int32Array.of(on.machineId, on.machineId, on.machineId),
        processId: Int32Array.of(1, 1, 1),
        kind: Uint8Array.of(0, 0, 0),
        outcome: Uint8Array.of(1, 0, 1),
        startedAt: Float64Array.of(start + 110 * second, start + 120 * second, start + 130 * second),
        endedAt: Float64Array.of(start + 115 * second, nan, start + 150 * second),
        flags: Int32Array.of(0, 0, 0b10010),
        part: Uint8Array.of(1, 0, 0),
        cpuSeconds: Float32Array.of(nan, nan, 2.5),
        ioBytes: Float32Array.of(3, nan, 4096),
        peakCpuCores: Float32Array.of(nan, nan, 1.5),
        peakIoBytesPerSecond: Float32Array.of(nan, nan, 512),
      });
      const newest = await on.store.executions.measured(window, 1);
      expect([newest.length, newest.cpuSeconds]).toEqual([1, Float32Array.of(2.5)]);
    });

    test("that share most time with a window come first", async () => {
      await send(at(90, 20), at(120, 30), at(150, null), at(190, 100), at(500, 1));
      expect(named(await on.store.executions.overlapping(window, 3))).toEqual(["150", "120", "90"]);
    });

    test("are found by the instants of their starts", async () => {
      await send(at(110, 1), at(120, 1), at(130, 1, { processId: 2 }), at(140, null));
      const instants = [110, 130, 140, 999].map((seconds) => start + seconds * second);
      const found = named(await on.store.executions.startedAt(instants, [on.machineId], [1]));
      expect(found.toSorted()).toEqual(["110", "140"]);
      expect(await on.store.executions.startedAt([], [on.machineId], [1])).toEqual([]);
    });

    test("are counted, with the newest start", async () => {
      expect(await on.store.executions.newest()).toEqual({ count: 0, startedAt: null });
      await send(at(110, 1), at(130, null));
      expect(await on.store.executions.newest()).toEqual({ count: 2, startedAt: start + 130 * second });
    });
  });

  describe(`the density of executions on ${engine}`, () => {
    const on = storeInTest(address);
    const { execution, send } = on;

    test("counts runs by lane and part of the window, running ones too", async () => {
      const at = (id: string, minutes: number, more: Partial<ExecutionRow> = {}) =>
        execution(id, {
          startedAt: start + minutes * 60 * second,
          endedAt: start + (minutes * 60 + 30) * second,
          ...more,
        });
      await send(
        at("a", 1),
        at("b", 2, { outcome: "failed" }),
        at("c", 11),
        at("began before", -5, { endedAt: start + 60 * second }),
        at("long ago", -50),
        at("a step", 11, { stepId: 3 }),
        at("other", 19, { processId: 2, outcome: "lost" }),
        at("goes on", 12, stillRunning),
        at("of unknown length", 13, { flags: ["duration-unknown"] }),
      );
      const filter = { from: start, to: start + 20 * 60 * second };
      const rows = await on.store.executions.density(filter, 600 * second, 100);
      const sorted = rows.toSorted(
        (a, b) =>
          a.processId - b.processId || a.stepId - b.stepId || a.part - b.part || a.busyMicros - b.busyMicros,
      );
      expect(sorted).toEqual([
        {
          machineId: on.machineId,
          processId: 1,
          stepId: 0,
          part: 0,
          runs: 3,
          failed: 1,
          busyMicros: (60 + 360) * second,
        },
        { machineId: on.machineId, processId: 1, stepId: 0, part: 1, runs: 1, failed: 0, busyMicros: 0 },
        {
          machineId: on.machineId,
          processId: 1,
          stepId: 0,
          part: 1,
          runs: 2,
          failed: 0,
          busyMicros: 30 * second,
        },
        {
          machineId: on.machineId,
          processId: 1,
          stepId: 3,
          part: 1,
          runs: 1,
          failed: 0,
          busyMicros: 30 * second,
        },
        {
          machineId: on.machineId,
          processId: 2,
          stepId: 0,
          part: 1,
          runs: 1,
          failed: 1,
          busyMicros: 30 * second,
        },
      ]);
      expect(
        await on.store.executions.density({ ...filter, outcomes: ["failed"] }, 60 * second, 100),
      ).toMatchObject([{ part: 2, runs: 1, failed: 1 }]);
      expect(await on.store.executions.density(filter, 600 * second, 2)).toHaveLength(3);
    });
  });
}
