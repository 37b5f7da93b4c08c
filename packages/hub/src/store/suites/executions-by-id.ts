/** What every engine must do for executions by id. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { hour, second, start, stillRunning } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function executionsByIdSuite(engine: Store["engine"], address: Address): void {
  describe(`executions by id on ${engine}`, () => {
    const on = storeInTest(address);
    const { execution, batch, send, ids } = on;

    test("count once for each id, also within one request", async () => {
      expect(await send(execution("a"), execution("b"), execution("a"))).toEqual({
        status: "stored",
        accepted: 2,
        duplicates: 1,
      });
      expect(await send(execution("b"), execution("c"))).toEqual({
        status: "stored",
        accepted: 1,
        duplicates: 1,
      });
      expect((await ids()).toSorted()).toEqual(["a", "b", "c"]);
    });

    test("count once over batches and requests in the same group", async () => {
      const results = await on.store.intake.commit(
        [batch(1, { executions: [execution("a")] })],
        [
          { executions: [execution("a"), execution("b")], receivedAt: on.now },
          { executions: [execution("b")], receivedAt: on.now },
        ],
      );
      expect(results.direct).toEqual([
        { status: "stored", accepted: 1, duplicates: 1 },
        { status: "stored", accepted: 0, duplicates: 1 },
      ]);
      expect((await ids()).toSorted()).toEqual(["a", "b"]);
    });

    test("run until a second call ends them; every further one is a duplicate", async () => {
      expect(
        await send(execution("r", { ...stillRunning, pid: 42, attributes: { host: "a" } })),
      ).toMatchObject({
        accepted: 1,
      });
      expect(await send(execution("r", stillRunning))).toMatchObject({ duplicates: 1 });
      expect(await on.store.executions.byId("r")).toMatchObject([{ endedAt: null, outcome: "running" }]);
      expect(await send(execution("r", { pid: null }))).toMatchObject({ accepted: 1 });
      expect(await on.store.executions.byId("r")).toEqual([
        execution("r", { pid: 42, attributes: { host: "a" } }),
      ]);
      expect(await send(execution("r"), execution("r", stillRunning))).toMatchObject({ duplicates: 2 });
      expect(await ids()).toEqual(["r"]);
    });

    test("start and end in one group, in either place", async () => {
      expect(await send(execution("r", stillRunning), execution("r"), execution("r"))).toMatchObject({
        accepted: 2,
        duplicates: 1,
      });
      expect(await on.store.executions.byId("r")).toEqual([execution("r")]);
    });

    test("belong to one machine each: the same id on two machines is two executions", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      expect(await send(execution("same"), execution("same", { machineId: other }))).toMatchObject({
        accepted: 2,
      });
      expect(await on.store.executions.byId("same")).toHaveLength(2);
      expect(await on.store.executions.byId("same", other)).toEqual([
        execution("same", { machineId: other }),
      ]);
      expect(await on.store.executions.byId("absent")).toEqual([]);
      const old = { startedAt: start - 200 * 24 * hour, endedAt: start - 200 * 24 * hour + second };
      await send(execution("old", old));
      expect(await on.store.executions.byId("old", on.machineId)).toEqual([execution("old", old)]);
    });

    test("keep all that was said about them", async () => {
      const full = execution("full", {
        parentId: "parent",
        stepId: 9,
        kind: "web",
        outcome: "timeout",
        exitCode: -15,
        pid: 2 ** 31,
        attributes: { text: "ü 🦆", number: 1.5, yes: true },
        flags: ["clock-skew", "observed"],
        cpuSeconds: 0.1,
        maxRssBytes: 2 ** 40,
        ioReadBytes: 0,
        ioWriteBytes: Number.MAX_SAFE_INTEGER,
        peakCpuCores: 3.25,
        peakIoBytesPerSecond: 1e9,
        runQueueSeconds: 7.25,
      });
      await send(full, execution("step", { parentId: "full", stepId: 1 }));
      expect(await on.store.executions.byId("full")).toEqual([full]);
      expect(
        (await on.store.executions.children(on.machineId, "full")).map((row) => row.executionId),
      ).toEqual(["step"]);
    });
  });

  describe(`what executions wrote on ${engine}`, () => {
    const on = storeInTest(address);
    const { execution, batch, commit, send } = on;

    const outputs = (...executionIds: string[]) =>
      Promise.all(executionIds.map((id) => on.store.executions.output(on.machineId, id)));

    test("is kept for those that told it, from batches and requests, and of each id once", async () => {
      await commit(batch(1, { executions: [{ ...execution("a"), output: "é\n\t" }, execution("b")] }));
      await send({ ...execution("c"), output: "c" }, { ...execution("a"), output: "again" });
      await send({ ...execution("b"), output: "late" });
      expect(await outputs("a", "b", "c", "absent")).toEqual(["é\n\t", null, "c", null]);
      expect(await on.store.executions.output(on.machineId + 1, "a")).toBeNull();
    });

    test("grows with the run: the end's takes the place of the start's, which stays if the end tells none", async () => {
      const running = (id: string) => ({ ...execution(id, stillRunning), output: "begun" });
      await send(running("told"), running("silent"), running("one"), execution("one"));
      expect(await outputs("told", "silent", "one")).toEqual(["begun", "begun", "begun"]);
      await send({ ...execution("told"), output: "ended" }, execution("silent"));
      expect(await outputs("told", "silent")).toEqual(["ended", "begun"]);
      expect(await on.store.executions.byId("told")).toHaveLength(1);
    });

    test("is changed only while the run is under way", async () => {
      await send({ ...execution("a", stillRunning), output: "one" }, execution("b", stillRunning));
      const add = (id: string, text: string) =>
        on.store.executions.changeOutput(on.machineId, id, (held) => `${held ?? ""}${text}`);
      expect(await Promise.all([add("a", " two"), add("a", " two"), add("b", "\0")])).toEqual([
        true,
        true,
        true,
      ]);
      expect(await outputs("a", "b")).toEqual(["one two two", "\uFFFD"]);
      await send(execution("a"));
      expect(await add("a", " three")).toBe(false);
      expect(await add("absent", "x")).toBe(false);
      expect(await outputs("a", "absent")).toEqual(["one two two", null]);
    });
  });
}
