/** What every engine must do for checks. */
import { describe, expect, test } from "vitest";
import type { CheckResultRow, CheckRow, CheckTransitionRow, Store } from "../store.ts";
import { second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function checksSuite(engine: Store["engine"], address: Address): void {
  describe(`checks on ${engine}`, () => {
    const on = storeInTest(address);

    const add = (name: string, more: Partial<CheckRow> = {}, most = 10) =>
      on.store.checks.add(
        {
          machineId: on.machineId,
          name,
          target: { kind: "tcp", host: "db1", port: 5432 },
          intervalSeconds: 60,
          timeoutSeconds: 2.5,
          retries: 2,
          running: true,
          createdAt: start,
          ...more,
        },
        most,
      );
    const added = async (name: string, more: Partial<CheckRow> = {}): Promise<CheckRow> => {
      const row = await add(name, more);
      if (typeof row === "string") throw new Error(row);
      return row;
    };
    const result = (
      checkId: number,
      seconds: number,
      more: Partial<CheckResultRow> = {},
    ): CheckResultRow => ({
      checkId,
      at: start + seconds * second,
      state: "ok",
      durationSeconds: 0.25,
      text: "accepts connections",
      numbers: [{ label: "connect", value: 0.25, unit: "s" }],
      finding: null,
      ...more,
    });

    test("are one for each name on a machine, or of the hub, and not too many", async () => {
      const row = await added("Database");
      expect(row).toMatchObject({
        machineId: on.machineId,
        belief: null,
        believedUntil: 0,
        timeoutSeconds: 2.5,
      });
      expect(await add("database")).toBe("name-taken");
      const hubs = await added("database", { machineId: 0 });
      expect(await add("second", {}, 1)).toBe("too-many");
      expect(await on.store.checks.list()).toEqual([row, hubs]);
    });

    test("change, and go alone or with their machine", async () => {
      const row = await added("Database");
      await added("other");
      const { checkId } = row;
      expect(await on.store.checks.change(checkId, { name: "database", running: false })).toBe("changed");
      expect(await on.store.checks.change(checkId, { name: "OTHER" })).toBe("name-taken");
      expect(await on.store.checks.change(checkId, { name: "third", intervalSeconds: 5 })).toBe("changed");
      expect(await on.store.checks.change(999, { running: true })).toBe("absent");
      expect((await on.store.checks.list())[0]).toEqual({
        ...row,
        name: "third",
        running: false,
        intervalSeconds: 5,
      });
      await added("Database");
      expect(await on.store.checks.remove(checkId)).toBe(true);
      expect(await on.store.checks.remove(checkId)).toBe(false);
      await on.store.machines.remove(on.machineId);
      expect(await on.store.checks.list()).toEqual([]);
    });

    test("have results, of agents' batches and of the hub, and what is believed of them", async () => {
      const own = (await added("own")).checkId;
      const hubs = (await added("hubs", { machineId: 0 })).checkId;
      const first = result(own, 1, { text: "one\nzero\0" });
      const second = result(own, 3, { state: "critical", numbers: [] });
      const batch = on.batch(1, { checkResults: [second, first] });
      expect(await on.commit(batch, batch)).toEqual(["stored", "duplicate"]);
      await on.store.checks.addResults([result(hubs, 2)]);
      const kept = { ...first, text: "one\nzero\uFFFD" };
      const whole = { from: start, to: start + 10_000_000 };
      expect(await on.store.checks.results([own, hubs], whole, 10)).toEqual([second, result(hubs, 2), kept]);
      expect(await on.store.checks.results([own, hubs], whole, 1)).toEqual([second]);
      expect(await on.store.checks.results([], whole, 10)).toEqual([]);
      const after = (...asked: [checkId: number, after: number][]) =>
        on.store.checks.resultsAfter(
          asked.map(([checkId, after]) => ({ checkId, after })),
          2,
        );
      expect(await after([own, first.at])).toEqual([second]);
      expect(await after([own, 0])).toEqual([kept, second]);
      expect(await after([own, first.at], [hubs, 0])).toEqual([result(hubs, 2), second]);
      expect(await after([own, 0], [hubs, 0])).toEqual([kept, result(hubs, 2)]);
      expect(await after()).toEqual([]);
      const at = async (...asked: CheckResultRow[]) =>
        (await on.store.checks.resultsAt(asked)).toSorted((a, b) => a.checkId - b.checkId);
      expect(await at(result(own, 3), result(hubs, 2))).toEqual([second, result(hubs, 2)]);
      expect(await at(result(own, 2), result(hubs, 3))).toEqual([]);
      expect(await at()).toEqual([]);
      await on.store.checks.believe([{ checkId: own, belief: { state: "critical" }, until: second.at }], []);
      expect((await on.store.checks.list())[0]).toMatchObject({
        belief: { state: "critical" },
        believedUntil: second.at,
      });
    });

    test("have transitions, once each; a window has what it began with and what ended it", async () => {
      const { checkId } = await added("own");
      const other = (await added("hubs", { machineId: 0 })).checkId;
      const finding = { code: "connection-refused", values: { place: "db1:5432" } };
      const at = (id: number, seconds: number, more: Partial<CheckTransitionRow> = {}) => ({
        machineId: id === other ? 0 : on.machineId,
        checkId: id,
        at: start + seconds * second,
        state: "ok" as const,
        text: "refused\0",
        finding: null,
        ...more,
      });
      const [ok, bad, silent, again] = [
        at(checkId, 0),
        at(checkId, 10, { state: "critical", finding }),
        at(checkId, 20, { state: null }),
        at(checkId, 30, { state: "warning" }),
      ];
      await on.store.checks.believe([], [ok, bad, at(other, 5)]);
      await on.store.checks.believe([], [{ ...bad, state: "ok" }, silent, again]);
      const stored = (row: typeof ok) => ({ ...row, text: "refused\uFFFD" });
      const within = (from: number, to: number, most = 10) =>
        on.store.checks.transitions(
          [checkId],
          { from: start + from * second, to: start + to * second },
          most,
        );
      expect(await within(5, 15)).toEqual([ok, bad, silent].map(stored));
      expect(await within(10, 11)).toEqual([ok, bad, silent].map(stored));
      expect(await within(0, 40, 1)).toEqual([stored(again)]);
      expect(await within(5, 40, 2)).toEqual([silent, again].map(stored));
      expect(await within(40, 50)).toEqual([stored(again)]);
      expect(await on.store.checks.transitions([], { from: start, to: start + 1 }, 10)).toEqual([]);
      const day = 86_400 * second;
      const removed = await on.store.removeBefore({
        samples: start,
        executions: start + day,
        keys: start,
      });
      expect(removed).toMatchObject({ check_transition: 3 });
      expect(await within(0, 1)).toEqual([stored(again)]);
    });

    test("that change with every look keep their newest transitions", async () => {
      const { checkId } = await added("own");
      const many = Array.from({ length: 2003 }, (_, index) => ({
        machineId: on.machineId,
        checkId,
        at: start + index,
        state: index % 2 === 0 ? ("ok" as const) : ("critical" as const),
        text: "",
        finding: null,
      }));
      await on.store.checks.believe([], many);
      const limits = { samples: start, executions: start, keys: start };
      expect(await on.store.removeBefore(limits)).toMatchObject({ check_transition: 3 });
      const left = await on.store.checks.transitions([checkId], { from: start, to: start + 9999 }, 9999);
      expect([left.length, left[0]?.at]).toEqual([2000, start + 3]);
    });
  });
}
