/** What every engine must do for the intake. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { dropped, osProcesses, points, second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function intakeSuite(engine: Store["engine"], address: Address): void {
  describe(`the intake on ${engine}`, () => {
    const on = storeInTest(address);
    const { reopen, execution, batch, commit, send, ids } = on;

    test("stores a batch once, however often it is sent", async () => {
      const first = batch(1, { executions: [execution("a")], points: points([[7, on.now, 0.5, 0]]) });
      expect(await commit(first)).toEqual(["stored"]);
      expect(await commit(first, first)).toEqual(["duplicate", "duplicate"]);
      await reopen();
      expect(await commit(first)).toEqual(["duplicate"]);
      expect(await ids()).toEqual(["a"]);
      expect(await on.store.intake.marks(on.machineId)).toEqual([{ stream: "stream-one", sequence: 1 }]);
    });

    test("takes batches of one stream in one group in their order", async () => {
      expect(await commit(batch(1), batch(2), batch(2), batch(3))).toEqual([
        "stored",
        "stored",
        "duplicate",
        "stored",
      ]);
      expect(await on.store.intake.marks(on.machineId)).toEqual([{ stream: "stream-one", sequence: 3 }]);
    });

    test("refuses a sequence that was used for another batch, and stores the others of the group", async () => {
      await commit(batch(1, { executions: [execution("a")] }));
      const results = await on.store.intake.commit(
        [
          batch(1, { digest: "another", executions: [execution("b")] }),
          batch(2, { executions: [execution("c")] }),
        ],
        [],
      );
      expect(results.batches).toMatchObject([
        { status: "refused", code: "sequence-conflict" },
        { status: "stored" },
      ]);
      expect((await ids()).toSorted()).toEqual(["a", "c"]);
    });

    test("answers a gap unless what was dropped covers it", async () => {
      expect(await commit(batch(2))).toEqual(["gap"]);
      expect(await commit(batch(3, { dropped: [dropped(1, 1)] }))).toEqual(["gap"]);
      expect(await commit(batch(3, { dropped: [dropped(2, 2), dropped(1, 1)] }))).toEqual(["stored"]);
      expect(await commit(batch(5))).toEqual(["gap"]);
      expect(await commit(batch(7, { dropped: [dropped(2, 6)] }))).toEqual(["stored"]);
      expect(await on.store.intake.marks(on.machineId)).toEqual([{ stream: "stream-one", sequence: 7 }]);
    });

    test("a machine that begins streams without end loses the marks that it used longest ago, and no other machine does", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      await commit(batch(1, { stream: "old-stream", machineId: other }));
      const begun = Array.from({ length: 1001 }, (_, index) =>
        batch(1, { stream: `stream-${index}`, receivedAt: on.now + index }),
      );
      await on.store.intake.commit(begun, []);
      const streams = (await on.store.intake.marks(on.machineId)).map(({ stream }) => stream);
      expect(streams).toHaveLength(1000);
      expect(streams).not.toContain("stream-0");
      expect(await on.store.intake.marks(other)).toEqual([{ stream: "old-stream", sequence: 1 }]);
    });

    test("keeps the streams of a machine, and machines, apart", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      expect(
        await commit(batch(1), batch(1, { stream: "stream-two" }), batch(1, { machineId: other })),
      ).toEqual(["stored", "stored", "stored"]);
      expect(await on.store.intake.marks(on.machineId)).toEqual([
        { stream: "stream-one", sequence: 1 },
        { stream: "stream-two", sequence: 1 },
      ]);
    });

    test("uses up the number of a batch that can never be stored, keeps why, and stores the others", async () => {
      const bad = batch(1, {
        points: points([[2 ** 40, on.now, 1, 0]]),
        executions: [execution("lost with it")],
      });
      const results = await on.store.intake.commit(
        [bad, batch(1, { stream: "stream-two", executions: [execution("good")] })],
        [{ executions: [execution("direct")], receivedAt: on.now }],
      );
      expect(results.batches).toMatchObject([
        { status: "refused", code: "unstorable" },
        { status: "stored" },
      ]);
      expect(results.direct).toEqual([{ status: "stored", accepted: 1, duplicates: 0 }]);
      expect((await ids()).toSorted()).toEqual(["direct", "good"]);
      expect(await on.store.intake.deadLetters(on.machineId, 10)).toMatchObject([
        { part: "batch", code: "unstorable", sequence: 1 },
      ]);
      expect(await commit(batch(2))).toEqual(["stored"]);
    });

    test("refuses a request of which one execution can't be stored as a whole", async () => {
      expect(await send(execution("good"), execution("bad", { processId: 2 ** 40 }))).toMatchObject({
        status: "refused",
      });
      expect(await ids()).toEqual([]);
      expect(await send(execution("good"))).toEqual({ status: "stored", accepted: 1, duplicates: 0 });
    });

    test("keeps dead letters, the newest first, whatever is in them", async () => {
      const letter = {
        part: "executions",
        index: 4,
        code: "invalid",
        detail: "bad \0 name",
        body: '{"a":"\0"}',
      };
      await commit(batch(1, { deadLetters: [letter] }));
      on.now += second;
      await commit(batch(2, { deadLetters: [{ ...letter, index: 0 }] }));
      const letters = await on.store.intake.deadLetters(on.machineId, 10);
      expect(letters.map(({ sequence, index }) => [sequence, index])).toEqual([
        [2, 0],
        [1, 4],
      ]);
      expect(letters[1]).toMatchObject({ stream: "stream-one", receivedAt: start, part: "executions" });
      expect(await on.store.intake.deadLetters(on.machineId, 1)).toHaveLength(1);
    });

    test("stores hostile text as it is, save what no database can hold", async () => {
      const name = '\'; drop table execution; -- \u202e\ud800 \0 {"a",NULL}\\';
      await commit(batch(1, { osProcesses: osProcesses({ name: [name], user: ["null"] }) }));
      const [row] = await on.store.osProcesses.at(on.machineId, 0, on.now);
      expect(row!.user).toBe("null");
      expect(row!.name.startsWith("'; drop table execution; -- ")).toBe(true);
      expect(row!.name.endsWith('{"a",NULL}\\')).toBe(true);
    });
  });
}
