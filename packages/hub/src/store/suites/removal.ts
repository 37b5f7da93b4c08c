/** What every engine must do for removal by age. */
import { describe, expect, test } from "vitest";
import type { ExecutionRow, Store } from "../store.ts";
import { aToken, hour, osProcesses, points, second, start, stillRunning } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function removalSuite(engine: Store["engine"], address: Address): void {
  describe(`removal by age on ${engine}`, () => {
    const on = storeInTest(address);
    const { reopen, execution, batch, commit, send, ids } = on;

    test("takes what is older than each limit, and a key no sooner than told", async () => {
      const day = 24 * hour;
      const old = { startedAt: start - 3 * day, endedAt: start - 3 * day + second };
      await commit(
        batch(1, {
          receivedAt: start - 3 * day,
          executions: [
            { ...execution("old", old), output: "old" },
            execution("hung", { ...old, ...stillRunning }),
          ],
          points: points([
            [1, start - 3 * day, 1, 0],
            [1, start - 2 * day, 1, 0],
            [1, start, 1, 0],
          ]),
          osProcesses: osProcesses({ at: [start - 2 * day, start] }),
          deadLetters: [{ part: "points", index: 0, code: "x", detail: "", body: "" }],
        }),
      );
      await on.store.access.addToken({ ...aToken, hash: "old", expiresAt: start - 3 * day });
      await on.store.access.addToken({ ...aToken, hash: "new", expiresAt: start });
      await on.store.access.addToken({ ...aToken, hash: "endless" });
      await commit(batch(2, { executions: [{ ...execution("new"), output: "new" }] }));
      const keep = { samples: start - day, executions: start - 10 * day, keys: start - 10 * day };
      expect(await on.store.removeBefore(keep)).toMatchObject({
        sample: 2,
        os_process_sample: 1,
        execution: 0,
      });
      expect(await send(execution("old"))).toMatchObject({ duplicates: 1 });
      const removed = await on.store.removeBefore({
        samples: start - day,
        executions: start - day,
        keys: start - day,
      });
      expect(removed).toEqual({
        sample: 0,
        sample_rollup: 0,
        benchmark_score: 0,
        hub_score: 0,
        check_result: 0,
        audit: 0,
        supervision_event: 0,
        machine_transition: 0,
        check_transition: 0,
        blind_time: 0,
        os_process_sample: 0,
        execution: 1,
        execution_running: 1,
        execution_output: 1,
        execution_key: 2,
        access_token: 1,
        dead_letter: 1,
      });
      expect((await on.store.access.tokens()).map(({ hash }) => hash)).toEqual(["new", "endless"]);
      expect(await on.store.executions.output(on.machineId, "old")).toBeNull();
      expect(await on.store.executions.output(on.machineId, "new")).toBe("new");
      expect(await ids()).toEqual(["new"]);
      expect(await on.store.osProcesses.at(on.machineId, 0, start)).toHaveLength(1);
      expect(await send(execution("old"))).toMatchObject({ accepted: 1 });
    });

    test("makes nothing count twice: what is older than the keys is looked for among the executions", async () => {
      const day = 24 * hour;
      const old = (id: string, more: Partial<ExecutionRow> = {}) =>
        execution(id, { startedAt: start - 400 * day, endedAt: start - 400 * day + second, ...more });
      const other = (await on.store.machines.create("web-2", on.now))!;
      expect(await send(old("a"), old("b"))).toMatchObject({ accepted: 2 });
      on.now += 30 * day;
      expect(
        await on.store.removeBefore({ samples: 0, executions: 0, keys: on.now - 7 * day }),
      ).toMatchObject({
        execution: 0,
        execution_key: 2,
      });
      await reopen();
      expect(await send(old("b"), old("c"), old("a", { machineId: other }))).toMatchObject({
        accepted: 2,
        duplicates: 1,
      });
      expect(await commit(batch(1, { executions: [old("a"), old("d")] }))).toEqual(["stored"]);
      expect((await ids()).toSorted()).toEqual(["a", "a", "b", "c", "d"]);
    });
  });
}
