/** What every engine must do for supervision. */
import { executionOutcomes } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import type { ExecutionRow, ExpectationRow, Store, SupervisionEventRow } from "../store.ts";
import { second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function supervisionSuite(engine: Store["engine"], address: Address): void {
  describe(`supervision in the store on ${engine}`, () => {
    const on = storeInTest(address);

    const wish: Omit<ExpectationRow, "expectationId"> = {
      machineId: 1,
      processId: 7,
      source: "set",
      cron: "0 3 * * *",
      timeZone: "Europe/Berlin",
      everySeconds: null,
      graceSeconds: 300,
      maxSeconds: 3600,
      minSeconds: null,
      enabled: true,
      confidence: null,
      effectiveFrom: start,
      changedAt: start,
    };
    const event: Omit<SupervisionEventRow, "eventId"> = {
      machineId: 1,
      processId: 7,
      kind: "missed",
      subject: String(start),
      beganAt: start + 300 * second,
      noticedAt: start + 310 * second,
      expectedAt: start,
      executionId: null,
      detail: { count: 1 },
      endedAt: null,
      ending: null,
      withdrawn: false,
    };
    const ended = { processId: 7, startedAt: start - 20 * second, endedAt: start };
    const everything = { from: 0, to: start * 2 };

    test("an expectation is kept as it was given, one for each source of a process on a machine", async () => {
      const [set] = await on.store.expectations.put([wish]);
      const [learnt] = await on.store.expectations.put([{ ...wish, source: "learnt", confidence: 0.9 }]);
      expect(await on.store.expectations.list()).toEqual([
        { ...wish, expectationId: set!.expectationId },
        { ...wish, source: "learnt", confidence: 0.9, expectationId: learnt!.expectationId },
      ]);
      expect(learnt!.expectationId).not.toBe(set!.expectationId);
    });

    test("an expectation put again keeps its number, and only another schedule takes effect anew", async () => {
      const [first] = await on.store.expectations.put([wish]);
      const later = { ...wish, graceSeconds: 60, effectiveFrom: start + 9, changedAt: start + 9 };
      expect(await on.store.expectations.put([later])).toEqual([
        { ...later, expectationId: first!.expectationId, effectiveFrom: start },
      ]);
      const other = { ...later, cron: "0 4 * * *" };
      expect(await on.store.expectations.put([other])).toEqual([
        { ...other, expectationId: first!.expectationId },
      ]);
      expect(await on.store.expectations.list()).toHaveLength(1);
    });

    test("expectations are removed by their numbers", async () => {
      const [one] = await on.store.expectations.put([wish]);
      await on.store.expectations.put([{ ...wish, processId: 8 }]);
      expect(await on.store.expectations.remove([one!.expectationId, 999])).toBe(1);
      expect((await on.store.expectations.list()).map(({ processId }) => processId)).toEqual([8]);
    });

    test("the same fact is one event however often it is put; the last word counts", async () => {
      await on.store.supervisionEvents.put([event, { ...event, machineId: 2 }]);
      const [first] = await on.store.supervisionEvents.list({ ...everything, machineIds: [1] }, 10);
      const ended = { ...event, endedAt: start + second, ending: "ran-again", detail: { count: 3 } } as const;
      await on.store.supervisionEvents.put([{ ...ended, noticedAt: start + 999 * second }]);
      expect(await on.store.supervisionEvents.list({ ...everything, machineIds: [1] }, 10)).toEqual([
        { ...ended, eventId: first!.eventId },
      ]);
      expect(await on.store.supervisionEvents.list(everything, 10)).toHaveLength(2);
    });

    test("events are found by machine, process, kind, time and whether they are over or withdrawn", async () => {
      await on.store.supervisionEvents.put([
        event,
        { ...event, kind: "failed", subject: "run-1", endedAt: start + 400 * second, ending: "recovered" },
        { ...event, processId: 8, withdrawn: true, endedAt: start + 500 * second, ending: "arrived-late" },
        { ...event, machineId: 2, beganAt: start + 600 * second },
      ]);
      const found = async (more: object) =>
        (await on.store.supervisionEvents.list({ ...everything, ...more }, 10)).map(
          ({ machineId, processId, kind }) => `${machineId} ${processId} ${kind}`,
        );
      expect(await found({})).toEqual(["2 7 missed", "1 7 failed", "1 7 missed"]);
      expect(await found({ withdrawn: true })).toHaveLength(4);
      expect(await found({ machineIds: [2] })).toEqual(["2 7 missed"]);
      expect(await found({ processIds: [8], withdrawn: true })).toEqual(["1 8 missed"]);
      expect(await found({ kinds: ["failed", "lost"] })).toEqual(["1 7 failed"]);
      expect(await found({ open: true })).toEqual(["2 7 missed", "1 7 missed"]);
      expect(await found({ from: start + 401 * second })).toEqual(["2 7 missed", "1 7 missed"]);
      expect(await found({ to: start + 600 * second })).toEqual(["1 7 failed", "1 7 missed"]);
    });

    test("the list of events goes on where a page ended", async () => {
      await on.store.supervisionEvents.put(
        Array.from({ length: 5 }, (_, at) => ({
          ...event,
          subject: String(at),
          beganAt: start + (at >> 1),
        })),
      );
      const first = await on.store.supervisionEvents.list(everything, 3);
      const rest = await on.store.supervisionEvents.list(everything, 3, first.at(-1));
      const ids = [...first, ...rest].map(({ eventId }) => eventId);
      expect(new Set(ids).size).toBe(5);
      expect(rest).toHaveLength(2);
    });

    test("what is over is found by its end, withdrawn or not, and what is open is not", async () => {
      await on.store.supervisionEvents.put([
        event,
        { ...event, kind: "failed", subject: "old", endedAt: start, ending: "recovered" },
        { ...event, kind: "lost", subject: "new", endedAt: start + 5, ending: "recovered" },
        { ...event, processId: 8, endedAt: start + 6, ending: "arrived-late", withdrawn: true },
        { ...event, machineId: 2, endedAt: start + 6, ending: "ran-again" },
      ]);
      const filter = { from: start + 5, machineIds: [1], processIds: [7, 8] };
      const found = await on.store.supervisionEvents.endedSince(filter, 10);
      expect(found.map(({ kind, withdrawn }) => [kind, withdrawn])).toEqual([
        ["missed", true],
        ["lost", false],
      ]);
    });

    test("the mark of the last sweep is kept", async () => {
      expect(await on.store.supervisionEvents.mark()).toBeNull();
      await on.store.supervisionEvents.setMark("one");
      await on.store.supervisionEvents.setMark("two");
      expect(await on.store.supervisionEvents.mark()).toBe("two");
    });

    test("the runs to supervise are whole ones and no web requests: those that ended, run, or arrived since", async () => {
      const { machineId } = on;
      const run = (executionId: string, more: Partial<ExecutionRow> = {}) =>
        on.execution(executionId, { ...ended, ...more });
      const executions = [
        run("early", { endedAt: start - second }),
        run("late", { startedAt: start - 9 * second, flags: ["duration-unknown"] }),
        run("failed", { startedAt: start - 10 * second, endedAt: start + second, outcome: "failed" }),
        run("request", { kind: "web" }),
        run("step", { stepId: 1 }),
        run("under way", { endedAt: null, outcome: "running" }),
        run("request under way", { kind: "web", endedAt: null, outcome: "running" }),
      ];
      await on.store.intake.commit([], [{ executions, receivedAt: start + 7 * second }]);
      const columns = await on.store.supervisedRuns.ended({ from: start, machineIds: [machineId] }, 10);
      expect([...columns.startedAt]).toEqual([start - 10 * second, start - 9 * second]);
      expect([...columns.endedAt]).toEqual([start + second, start]);
      expect([...columns.timed]).toEqual([1, 0]);
      expect([...columns.outcome].map((at) => executionOutcomes[at])).toEqual(["failed", "ok"]);
      const newest = await on.store.supervisedRuns.ended({ from: 0, processIds: [7] }, 1);
      expect([...newest.startedAt]).toEqual([start - 9 * second]);
      expect((await on.store.supervisedRuns.running(10)).map(({ executionId }) => executionId)).toEqual([
        "under way",
      ]);
      expect(await on.store.supervisedRuns.arrivedSince(start + 7 * second)).toEqual([
        { machineId, startedAt: start - 20 * second },
      ]);
      expect(await on.store.supervisedRuns.arrivedSince(start + 8 * second)).toEqual([]);
    });

    test("a run that was under way arrives anew with an end that is told late, and still counts once", async () => {
      const { machineId, execution } = on;
      const told = (executionId: string, endedAt: number | null, receivedAt: number) =>
        on.store.intake.commit(
          [],
          [
            {
              executions: [
                execution(executionId, { ...ended, endedAt, outcome: endedAt === null ? "running" : "ok" }),
              ],
              receivedAt,
            },
          ],
        );
      for (const id of ["late", "in time"]) await told(id, null, start);
      await told("in time", start + 90 * second, start + 100 * second);
      expect(await on.store.supervisedRuns.arrivedSince(start + second)).toEqual([]);
      await told("late", start + second, start + 100 * second);
      expect(await on.store.supervisedRuns.arrivedSince(start + 100 * second)).toEqual([
        { machineId, startedAt: start - 20 * second },
      ]);
      for (const id of ["late", "in time"]) {
        const { direct } = await told(id, start + second, start + 200 * second);
        expect(direct).toEqual([{ status: "stored", accepted: 0, duplicates: 1 }]);
      }
    });

    test("events leave with the executions of their age", async () => {
      await on.store.supervisionEvents.put([event]);
      const removed = await on.store.removeBefore({ samples: 0, executions: start + 301 * second, keys: 0 });
      expect(removed["supervision_event"]).toBe(1);
      expect(await on.store.supervisionEvents.list(everything, 10)).toEqual([]);
    });
  });
}
