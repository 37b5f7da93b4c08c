/** What every engine must do for the catalogue. */
import { seriesDescription } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { cpu, networkIo, stillRunning } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function catalogueSuite(engine: Store["engine"], address: Address): void {
  describe(`the catalogue on ${engine}`, () => {
    const on = storeInTest(address);
    const { reopen, execution, send } = on;

    test("gives each name one number, whatever its case, and keeps the first spelling", async () => {
      const [backup, report, again] = await on.store.catalogue.processIds(["backup", "Report", "BACKUP"]);
      expect(again).toBe(backup);
      expect(await on.store.catalogue.processes()).toEqual([
        { processId: backup, name: "backup" },
        { processId: report, name: "Report" },
      ]);
      await reopen();
      expect(await on.store.catalogue.processIds(["report", "backup"])).toEqual([report, backup]);
    });

    test("takes names that differ only in how an accent is written for one", async () => {
      const [composed, decomposed] = await on.store.catalogue.stepIds(["relat\u00f3rio", "relato\u0301rio"]);
      expect(decomposed).toBe(composed);
      expect(await on.store.catalogue.steps()).toHaveLength(1);
    });

    test("makes a name once when it is asked for many times at once", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => on.store.catalogue.processIds([`job ${i % 3}`, "shared"])),
      );
      expect(new Set(answers.map(([, shared]) => shared)).size).toBe(1);
      expect(await on.store.catalogue.processes()).toHaveLength(4);
    });

    test("knows series by machine, metric and attributes in any order", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      const read = { ...networkIo, attributes: { direction: "read", device: "sda" } };
      const same = { ...networkIo, attributes: { device: "sda", direction: "read" } };
      const [a, b, c] = await on.seriesIds([read, same, cpu]);
      expect(b).toBe(a);
      expect(c).not.toBe(a);
      const both = [other, on.machineId].map((machineId) => ({ machineId, description: read }));
      const [others, own] = await on.store.catalogue.seriesIds(both);
      expect(own).toBe(a);
      expect(others).not.toBe(a);
      expect(await on.store.samples.described([on.machineId], ["system.cpu.utilization"])).toEqual([
        { seriesId: c, machineId: on.machineId, description: cpu },
      ]);
      expect(await on.store.samples.described([on.machineId, other])).toHaveLength(3);
    });

    test("keeps the longest description of a series that may come, and none comes that it can't keep", async () => {
      // Each of three bytes, and in an order that no index can shorten.
      const text = (from: number, length: number) =>
        String.fromCharCode(...Array.from({ length }, (_, at) => 0x4e00 + (((from + at) * 7919) % 20_000)));
      const described = (units: number, unit = "1") => ({
        metric: `m${"x".repeat(99)}`,
        attributes: Object.fromEntries(
          [0, 1, 2, 3].map((number) => [`key${number}`, text(number * 1000, units)]),
        ),
        unit,
        type: "gauge",
      });
      const longest = seriesDescription.parse(described(167));
      expect(seriesDescription.safeParse(described(168)).success).toBe(false);
      expect(seriesDescription.safeParse(described(1, "\0")).success).toBe(false);
      const [id] = await on.seriesIds([longest]);
      expect(await on.store.samples.described([on.machineId])).toEqual([
        { seriesId: id, machineId: on.machineId, description: longest },
      ]);
    });

    test("tells which processes a machine runs or ran", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      await send(
        execution("a", { processId: 1 }),
        execution("b", { processId: 2, ...stillRunning }),
        execution("c", { processId: 3, machineId: other }),
      );
      expect(new Set(await on.store.catalogue.processIdsOf(on.machineId))).toEqual(new Set([1, 2]));
    });
  });
}
