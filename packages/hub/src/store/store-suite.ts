/** What every engine must do: one suite, run by duckdb/duckdb.test.ts and postgres/postgres.test.ts. */
import type { Micros } from "@culprit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "./open.ts";
import type { BatchResult, ExecutionRow, IntakeBatch, ReportedExecution, Store } from "./store.ts";

const second = 1_000_000;
const start: Micros = Date.UTC(2026, 10, 20, 3) * 1000;

/** `address` makes an empty place for a store and answers its URL. */
export function storeSuite(engine: Store["engine"], address: () => Promise<string>): void {
  describe(`the store on ${engine}`, () => {
    let url: string;
    let now: Micros;
    let store: Store;
    let machineId: number;
    const clock = { now: () => now };

    beforeEach(async () => {
      now = start;
      url = await address();
      store = await openStore(url, { clock });
      machineId = (await store.machines.create("web-1", now))!;
    });
    afterEach(() => store.close());

    const reopen = async (): Promise<void> => {
      await store.close();
      store = await openStore(url, { clock });
    };
    const execution = (executionId: string, more: Partial<ExecutionRow> = {}): ExecutionRow => ({
      ...anExecution,
      machineId,
      executionId,
      ...more,
    });
    const batch = (sequence: number, more: Partial<IntakeBatch> = {}): IntakeBatch => ({
      machineId,
      stream: "stream-one",
      sequence,
      digest: `digest of ${sequence}`,
      dropped: [],
      receivedAt: now,
      executions: [],
      points: null,
      osProcesses: null,
      computer: null,
      deadLetters: [],
      ...more,
    });
    const commit = async (...batches: IntakeBatch[]): Promise<BatchResult["status"][]> =>
      (await store.intake.commit(batches, [])).batches.map(({ status }) => status);
    const send = async (...executions: ReportedExecution[]) =>
      (await store.intake.commit([], [{ executions, receivedAt: now }])).direct[0]!;
    const everything = { from: 0, to: start * 2 };
    const ids = async (): Promise<string[]> =>
      (await store.executions.list(everything, 100)).map(({ executionId }) => executionId);

    describe("as a whole", () => {
      test("names its engine and keeps its epoch when it is opened again", async () => {
        const { epoch } = store;
        expect(store.engine).toBe(engine);
        expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
        await reopen();
        expect(store.epoch).toBe(epoch);
        await store.ping();
      });

      test("runs work under a lock that is held by nobody, and only then", async () => {
        const order: string[] = [];
        const ran = await store.exclusively("nightly", async () => {
          order.push("first");
          expect(await store.exclusively("nightly", async () => void order.push("second"))).toBe(false);
          expect(await store.exclusively("other", async () => void order.push("other"))).toBe(true);
        });
        expect(ran).toBe(true);
        await expect(store.exclusively("nightly", () => Promise.reject(new Error("broke")))).rejects.toThrow(
          "broke",
        );
        expect(await store.exclusively("nightly", async () => void order.push("again"))).toBe(true);
        expect(order).toEqual(["first", "other", "again"]);
      });
    });

    describe("machines", () => {
      test("are listed with what is known of them", async () => {
        await store.machines.contact([{ machineId, at: now + 5, clockOffsetMicros: -250_000 }]);
        await commit(batch(1, { computer, points: points([[1, now - second, 1, 0]]) }));
        expect(await store.machines.list()).toEqual([
          {
            machineId,
            name: "web-1",
            paused: false,
            enrolledAt: start,
            lastContactAt: now + 5,
            lastSampleAt: now - second,
            clockOffsetMicros: -250_000,
            computer,
          },
        ]);
      });

      test("have names that are unique without regard to case", async () => {
        expect(await store.machines.create("WEB-1", now)).toBeNull();
        const other = (await store.machines.create("db", now))!;
        expect(await store.machines.change(other, { name: "Web-1" })).toBe("name-taken");
        expect(await store.machines.change(machineId, { name: "Web-1" })).toBe("changed");
        expect((await store.machines.list()).map(({ name }) => name)).toEqual(["Web-1", "db"]);
      });

      test("are paused, and an absent one can't be changed", async () => {
        expect(await store.machines.change(machineId, { paused: true })).toBe("changed");
        expect((await store.machines.list())[0]!.paused).toBe(true);
        expect(await store.machines.change(999, { paused: true })).toBe("absent");
      });

      test("leave with their tokens and marks, but their history stays", async () => {
        await store.access.addToken({ ...aToken, machineId });
        await commit(batch(1, { executions: [execution("kept")] }));
        expect(await store.machines.remove(machineId)).toBe(true);
        expect(await store.machines.remove(machineId)).toBe(false);
        expect(await store.machines.list()).toEqual([]);
        expect(await store.access.tokens()).toEqual([]);
        expect(await store.intake.marks(machineId)).toEqual([]);
        expect(await ids()).toEqual(["kept"]);
        expect(await commit(batch(2))).toEqual(["refused"]);
        expect(await send(execution("late"))).toMatchObject({ status: "refused" });
        expect((await store.machines.create("web-1", now))!).toBeGreaterThan(machineId);
      });

      test("are not made to look alive by samples from the future", async () => {
        await commit(batch(1, { points: points([[1, now + 3600 * second, 1, 0]]) }));
        expect((await store.machines.list())[0]!.lastSampleAt).toBe(now);
      });
    });

    describe("catalogue", () => {
      test("gives each name one number, whatever its case, and keeps the first spelling", async () => {
        const [backup, report, again] = await store.catalogue.processIds(["backup", "Report", "BACKUP"]);
        expect(again).toBe(backup);
        expect(await store.catalogue.processes()).toEqual([
          { processId: backup, name: "backup" },
          { processId: report, name: "Report" },
        ]);
        await reopen();
        expect(await store.catalogue.processIds(["report", "backup"])).toEqual([report, backup]);
      });

      test("takes names that differ only in how an accent is written for one", async () => {
        const [composed, decomposed] = await store.catalogue.stepIds(["relat\u00f3rio", "relato\u0301rio"]);
        expect(decomposed).toBe(composed);
        expect(await store.catalogue.steps()).toHaveLength(1);
      });

      test("makes a name once when it is asked for many times at once", async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.catalogue.processIds([`job ${i % 3}`, "shared"])),
        );
        expect(new Set(answers.map(([, shared]) => shared)).size).toBe(1);
        expect(await store.catalogue.processes()).toHaveLength(4);
      });

      test("knows series by machine, metric and attributes in any order", async () => {
        const other = (await store.machines.create("db", now))!;
        const read = { ...networkIo, attributes: { direction: "read", device: "sda" } };
        const same = { ...networkIo, attributes: { device: "sda", direction: "read" } };
        const [a, b, c] = await store.catalogue.seriesIds(machineId, [read, same, cpu]);
        expect(b).toBe(a);
        expect(c).not.toBe(a);
        expect((await store.catalogue.seriesIds(other, [read]))[0]).not.toBe(a);
        expect(await store.samples.described([machineId], ["system.cpu.utilization"])).toEqual([
          { seriesId: c, machineId, description: cpu },
        ]);
        expect(await store.samples.described([machineId, other])).toHaveLength(3);
      });

      test("tells which processes a machine runs or ran", async () => {
        const other = (await store.machines.create("db", now))!;
        await send(
          execution("a", { processId: 1 }),
          execution("b", { processId: 2, ...stillRunning }),
          execution("c", { processId: 3, machineId: other }),
        );
        expect(new Set(await store.catalogue.processIdsOf(machineId))).toEqual(new Set([1, 2]));
      });
    });

    describe("intake", () => {
      test("stores a batch once, however often it is sent", async () => {
        const first = batch(1, { executions: [execution("a")], points: points([[7, now, 0.5, 0]]) });
        expect(await commit(first)).toEqual(["stored"]);
        expect(await commit(first, first)).toEqual(["duplicate", "duplicate"]);
        await reopen();
        expect(await commit(first)).toEqual(["duplicate"]);
        expect(await ids()).toEqual(["a"]);
        expect(await store.intake.marks(machineId)).toEqual([{ stream: "stream-one", sequence: 1 }]);
      });

      test("takes batches of one stream in one group in their order", async () => {
        expect(await commit(batch(1), batch(2), batch(2), batch(3))).toEqual([
          "stored",
          "stored",
          "duplicate",
          "stored",
        ]);
        expect(await store.intake.marks(machineId)).toEqual([{ stream: "stream-one", sequence: 3 }]);
      });

      test("refuses a sequence that was used for another batch, and stores the others of the group", async () => {
        await commit(batch(1, { executions: [execution("a")] }));
        const results = await store.intake.commit(
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
        expect(await store.intake.marks(machineId)).toEqual([{ stream: "stream-one", sequence: 7 }]);
      });

      test("keeps the streams of a machine, and machines, apart", async () => {
        const other = (await store.machines.create("db", now))!;
        expect(
          await commit(batch(1), batch(1, { stream: "stream-two" }), batch(1, { machineId: other })),
        ).toEqual(["stored", "stored", "stored"]);
        expect(await store.intake.marks(machineId)).toEqual([
          { stream: "stream-one", sequence: 1 },
          { stream: "stream-two", sequence: 1 },
        ]);
      });

      test("uses up the number of a batch that can never be stored, keeps why, and stores the others", async () => {
        const bad = batch(1, {
          points: points([[2 ** 40, now, 1, 0]]),
          executions: [execution("lost with it")],
        });
        const results = await store.intake.commit(
          [bad, batch(1, { stream: "stream-two", executions: [execution("good")] })],
          [{ executions: [execution("direct")], receivedAt: now }],
        );
        expect(results.batches).toMatchObject([
          { status: "refused", code: "unstorable" },
          { status: "stored" },
        ]);
        expect(results.direct).toEqual([{ status: "stored", accepted: 1, duplicates: 0 }]);
        expect((await ids()).toSorted()).toEqual(["direct", "good"]);
        expect(await store.intake.deadLetters(machineId, 10)).toMatchObject([
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
        now += second;
        await commit(batch(2, { deadLetters: [{ ...letter, index: 0 }] }));
        const letters = await store.intake.deadLetters(machineId, 10);
        expect(letters.map(({ sequence, index }) => [sequence, index])).toEqual([
          [2, 0],
          [1, 4],
        ]);
        expect(letters[1]).toMatchObject({ stream: "stream-one", receivedAt: start, part: "executions" });
        expect(await store.intake.deadLetters(machineId, 1)).toHaveLength(1);
      });

      test("stores hostile text as it is, save what no database can hold", async () => {
        const name = '\'; drop table execution; -- \u202e\ud800 \0 {"a",NULL}\\';
        await commit(batch(1, { osProcesses: osProcesses({ name: [name], user: ["null"] }) }));
        const [row] = await store.osProcesses.at(machineId, 0, now);
        expect(row!.user).toBe("null");
        expect(row!.name.startsWith("'; drop table execution; -- ")).toBe(true);
        expect(row!.name.endsWith('{"a",NULL}\\')).toBe(true);
      });
    });

    describe("executions by id", () => {
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
        const results = await store.intake.commit(
          [batch(1, { executions: [execution("a")] })],
          [
            { executions: [execution("a"), execution("b")], receivedAt: now },
            { executions: [execution("b")], receivedAt: now },
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
        expect(await store.executions.byId("r")).toMatchObject([{ endedAt: null, outcome: "running" }]);
        expect(await send(execution("r", { pid: null }))).toMatchObject({ accepted: 1 });
        expect(await store.executions.byId("r")).toEqual([
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
        expect(await store.executions.byId("r")).toEqual([execution("r")]);
      });

      test("belong to one machine each: the same id on two machines is two executions", async () => {
        const other = (await store.machines.create("db", now))!;
        expect(await send(execution("same"), execution("same", { machineId: other }))).toMatchObject({
          accepted: 2,
        });
        expect(await store.executions.byId("same")).toHaveLength(2);
        expect(await store.executions.byId("same", other)).toEqual([execution("same", { machineId: other })]);
        expect(await store.executions.byId("absent")).toEqual([]);
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
        });
        await send(full, execution("step", { parentId: "full", stepId: 1 }));
        expect(await store.executions.byId("full")).toEqual([full]);
        expect((await store.executions.children(machineId, "full")).map((row) => row.executionId)).toEqual([
          "step",
        ]);
      });
    });

    describe("what executions wrote", () => {
      const outputs = (...executionIds: string[]) =>
        Promise.all(executionIds.map((id) => store.executions.output(machineId, id)));

      test("is kept for those that told it, from batches and requests, and of each id once", async () => {
        await commit(batch(1, { executions: [{ ...execution("a"), output: "é\n\t" }, execution("b")] }));
        await send({ ...execution("c"), output: "c" }, { ...execution("a"), output: "again" });
        await send({ ...execution("b"), output: "late" });
        expect(await outputs("a", "b", "c", "absent")).toEqual(["é\n\t", null, "c", null]);
        expect(await store.executions.output(machineId + 1, "a")).toBeNull();
      });

      test("grows with the run: the end's takes the place of the start's, which stays if the end tells none", async () => {
        const running = (id: string) => ({ ...execution(id, stillRunning), output: "begun" });
        await send(running("told"), running("silent"), running("one"), execution("one"));
        expect(await outputs("told", "silent", "one")).toEqual(["begun", "begun", "begun"]);
        await send({ ...execution("told"), output: "ended" }, execution("silent"));
        expect(await outputs("told", "silent")).toEqual(["ended", "begun"]);
        expect(await store.executions.byId("told")).toHaveLength(1);
      });

      test("is changed only while the run is under way", async () => {
        await send({ ...execution("a", stillRunning), output: "one" }, execution("b", stillRunning));
        const add = (id: string, text: string) =>
          store.executions.changeOutput(machineId, id, (held) => `${held ?? ""}${text}`);
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

    describe("executions over time", () => {
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
        const found = named(await store.executions.list(window, 10));
        expect(found).toEqual(["199.999999", "150", "100", "20", "10"]);
        expect((await store.executions.columns(window, 10)).length).toBe(5);
      });

      test("are listed a page at a time, the newest first, without a gap or a repetition", async () => {
        const same = ["a", "b", "c"].map((executionId) => at(150, 1, { executionId }));
        await send(at(110, 1), ...same, at(160, null), at(170, 1));
        const pages: string[] = [];
        let before: { startedAt: Micros; executionId: string } | undefined;
        for (;;) {
          const page = await store.executions.list(window, 2, before);
          if (page.length === 0) break;
          pages.push(...named(page));
          before = page.at(-1)!;
        }
        expect(pages).toEqual(["170", "160", "c", "b", "a", "110"]);
      });

      test("are chosen by machine, process, step, kind and outcome", async () => {
        const other = (await store.machines.create("db", now))!;
        await send(
          at(110, 1),
          at(120, 1, { machineId: other }),
          at(130, 1, { processId: 2 }),
          at(140, 1, { stepId: 5, parentId: "110" }),
          at(150, 1, { kind: "web" }),
          at(160, 1, { outcome: "failed" }),
          at(170, null),
        );
        const by = async (filter: object) => named(await store.executions.list({ ...window, ...filter }, 10));
        expect(await by({ machineIds: [other] })).toEqual(["120"]);
        expect(await by({ machineIds: [] })).toEqual([]);
        expect(await by({ processIds: [2, 3] })).toEqual(["130"]);
        expect(await by({ stepId: 5 })).toEqual(["140"]);
        expect(await by({ stepId: 0, machineIds: [machineId] })).toEqual(["170", "160", "150", "130", "110"]);
        expect(await by({ kinds: ["web"] })).toEqual(["150"]);
        expect(await by({ outcomes: ["failed", "running"] })).toEqual(["170", "160"]);
        const columns = await store.executions.columns({ ...window, outcomes: ["failed", "running"] }, 10);
        expect(Array.from(columns.outcome)).toEqual([2, 0]);
      });

      test("have no end in columns if their length is not known, and keep it in rows", async () => {
        await send(
          at(150, 10, { flags: ["observed", "duration-unknown"] }),
          at(160, 10, { flags: ["future"] }),
        );
        const { endedAt } = await store.executions.columns(window, 100);
        expect(endedAt).toEqual(Float64Array.of(Number.NaN, start + 170 * second));
        const rows = await store.executions.list(window, 10);
        expect(rows.map((row) => row.endedAt)).toEqual([start + 170 * second, start + 160 * second]);
      });

      test("are read as columns in the order of their start, running ones with an open end", async () => {
        await send(
          at(130, 20),
          at(110, 5, { processId: 7, stepId: 3, kind: "job", outcome: "lost" }),
          at(120, null),
        );
        const columns = await store.executions.columns(window, 100);
        expect(columns).toEqual({
          length: 3,
          machineId: Int32Array.of(machineId, machineId, machineId),
          processId: Int32Array.of(7, 1, 1),
          stepId: Int32Array.of(3, 0, 0),
          kind: Uint8Array.of(2, 0, 0),
          outcome: Uint8Array.of(4, 0, 1),
          startedAt: Float64Array.of(start + 110 * second, start + 120 * second, start + 130 * second),
          endedAt: Float64Array.of(start + 115 * second, Number.NaN, start + 150 * second),
        });
        const newest = await store.executions.columns(window, 2);
        expect(Array.from(newest.startedAt)).toEqual([start + 120 * second, start + 130 * second]);
        expect((await store.executions.columns({ from: 0, to: 1 }, 5)).length).toBe(0);
      });

      test("that share most time with a window come first", async () => {
        await send(at(90, 20), at(120, 30), at(150, null), at(190, 100), at(500, 1));
        expect(named(await store.executions.overlapping(window, 3))).toEqual(["150", "120", "90"]);
      });

      test("are found by the instants of their starts", async () => {
        await send(at(110, 1), at(120, 1), at(130, 1, { processId: 2 }), at(140, null));
        const instants = [110, 130, 140, 999].map((seconds) => start + seconds * second);
        const found = named(await store.executions.startedAt(instants, [machineId], [1]));
        expect(found.toSorted()).toEqual(["110", "140"]);
        expect(await store.executions.startedAt([], [machineId], [1])).toEqual([]);
      });

      test("are counted, with the newest start", async () => {
        expect(await store.executions.newest()).toEqual({ count: 0, startedAt: null });
        await send(at(110, 1), at(130, null));
        expect(await store.executions.newest()).toEqual({ count: 2, startedAt: start + 130 * second });
      });
    });

    describe("samples", () => {
      let user: number;
      let io: number;
      beforeEach(async () => {
        [user, io] = (await store.catalogue.seriesIds(machineId, [cpu, networkIo])) as [number, number];
      });
      const everyTen = (count: number, from = start): [number, Micros, number, number][] =>
        Array.from({ length: count }, (_, i) => [user, from + i * 10 * second, i, 0]);
      const increments = (count: number): [number, Micros, number, number][] =>
        Array.from({ length: count }, (_, i) => [io, start + i * 10 * second, 1000 * i, 10]);

      test("are averaged by step if they are gauges, and made rates if they are counters", async () => {
        await commit(batch(1, { points: points([...everyTen(7), ...increments(7)]) }));
        const [gauge, counter] = await store.samples.series(
          [user, io],
          start,
          start + 60 * second,
          30 * second,
        );
        expect(gauge).toEqual({
          seriesId: user,
          machineId,
          description: cpu,
          times: Float64Array.of(start, start + 30 * second),
          values: Float64Array.of(1, 4),
        });
        expect(counter!.values).toEqual(Float64Array.of(100, 400));
      });

      test("add up over a window if they are counters, rolled up or not", async () => {
        await commit(batch(1, { points: points(increments(60)) }));
        const read = () => store.samples.totals([io, user], start, start + 600 * second);
        expect(await read()).toEqual(new Map([[io, 1_770_000]]));
        now += 1200 * second;
        await commit(batch(2, { points: points([[io, start + 10 * second, 5, 10]]) }));
        expect(await read()).toEqual(new Map([[io, 1_770_005]]));
        expect(await store.samples.totals([io], start + 1, start + 900 * second)).toEqual(
          new Map([[io, 1_335_000]]),
        );
        expect(await store.samples.totals([], start, start + second)).toEqual(new Map());
      });

      test("that were not taken leave no step", async () => {
        await commit(batch(1, { points: points([[user, start + 95 * second, 0.5, 0]]) }));
        const [series] = await store.samples.series([user], start, start + 200 * second, 10 * second);
        expect(series!.times).toEqual(Float64Array.of(start + 90 * second));
        expect((await store.samples.series([io], start, start + second, second))[0]!.times).toHaveLength(0);
        expect(await store.samples.series([], start, start + second, second)).toEqual([]);
      });

      test("give the same long series before and after they are rolled up, also when some come late", async () => {
        const hour = 3600 * second;
        const late = [everyTen(3, start + 600 * second), everyTen(30, start + 650 * second)];
        await commit(batch(1, { points: points([...everyTen(60), ...increments(60)]) }));
        const read = () => store.samples.series([user, io], start, start + hour, 300 * second);
        const fresh = await read();
        expect(fresh[0]!.values).toEqual(Float64Array.of(14.5, 44.5));
        now += 1200 * second;
        await commit(batch(2, { points: points(late[0]!) }));
        const once = await read();
        now += 1200 * second;
        await commit(batch(3, { points: points(late[1]!) }));
        const twice = await read();
        expect(once.map(({ values }) => Array.from(values.subarray(0, 2)))).toEqual(
          fresh.map(({ values }) => Array.from(values)),
        );
        expect(twice[1]).toEqual(fresh[1]);
        expect(twice[0]!.times).toEqual(
          Float64Array.of(start, start + 300 * second, start + 600 * second, start + 900 * second),
        );
        const all = [...late[0]!, ...late[1]!].filter(([, at]) => at < start + 900 * second);
        const mean = all.reduce((sum, [, , value]) => sum + value, 0) / all.length;
        expect(twice[0]!.values[2]).toBeCloseTo(mean, 12);
      });

      test("are averaged over windows, each by the part of its time that lies within", async () => {
        await commit(
          batch(1, {
            points: points([
              ...everyTen(4),
              [io, start + 10 * second, 100, 10],
              [io, start + 20 * second, 500, 10],
            ]),
          }),
        );
        const windows = [
          { from: start, to: start + 30 * second },
          // Half of what the sample after 10 s speaks for, half of the next.
          { from: start + 5 * second, to: start + 15 * second },
          // Between two samples: the later one knows.
          { from: start + 12 * second, to: start + 13 * second },
          { from: start + 14 * second, to: start + 14 * second },
          { from: start + 30 * second, to: start + 31 * second },
          { from: start - hourLong, to: start - 60 * second },
        ];
        const means = await store.samples.means(machineId, windows, [cpu.metric, networkIo.metric, "absent"]);
        expect(means).toEqual([
          { description: cpu, values: Float64Array.of(2, 1.5, 2, 2, Number.NaN, Number.NaN) },
          { description: networkIo, values: Float64Array.of(30, 30, 50, 50, Number.NaN, Number.NaN) },
        ]);
        expect(await store.samples.means(machineId, windows, [])).toEqual([]);
      });

      test("do not speak for a gap before them", async () => {
        const afterGap: [number, Micros, number, number][] = [
          [user, start + 300 * second, 7, 0],
          [user, start + 310 * second, 9, 0],
        ];
        await commit(batch(1, { points: points([...everyTen(3), ...afterGap]) }));
        const windows = [
          { from: start + 100 * second, to: start + 101 * second },
          { from: start + 280 * second, to: start + 305 * second },
        ];
        const [means] = await store.samples.means(machineId, windows, [cpu.metric]);
        // 10 s of 7 and 5 s of 9; of the first 10 s nothing is known.
        expect(means!.values).toEqual(Float64Array.of(Number.NaN, (10 * 7 + 5 * 9) / 15));
      });

      test("are known by their newest value, if it is new enough", async () => {
        await commit(batch(1, { points: points([...everyTen(3), [io, start, 50, 10]]) }));
        expect(await store.samples.latest([machineId], [cpu.metric, networkIo.metric], start)).toEqual([
          { machineId, description: cpu, at: start + 20 * second, value: 2 },
          { machineId, description: networkIo, at: start, value: 5 },
        ]);
        expect(await store.samples.latest([machineId], [networkIo.metric], start + 1)).toEqual([]);
      });
    });

    describe("OS processes", () => {
      test("are known at an instant by their newest row", async () => {
        const columns = osProcesses({
          uid: ["a", "a", "b", "c"],
          at: [start, start + 60 * second, start, start + 120 * second],
          pid: [2, 2, 1, 3],
          ioReadBytes: [1, null, 1, 1],
        });
        await commit(batch(1, { osProcesses: columns }));
        const rows = await store.osProcesses.at(machineId, start - 1, start + 60 * second);
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
        });
        expect(await store.osProcesses.at(machineId, start, start)).toEqual([]);
      });

      test("have a history", async () => {
        const columns = osProcesses({ uid: ["a", "b", "a"], at: [start, start, start + 60 * second] });
        await commit(batch(1, { osProcesses: columns }));
        const rows = await store.osProcesses.history(machineId, "a", start, start + 61 * second);
        expect(rows.map(({ at }) => at)).toEqual([start, start + 60 * second]);
        expect(await store.osProcesses.history(machineId, "a", start, start + 60 * second)).toHaveLength(1);
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
        });
        await commit(batch(1, { osProcesses: columns }));
        const windows = [
          { from: start + 30 * second, to: start + 90 * second },
          { from: start - hourLong, to: start - hourLong / 2 },
        ];
        const usage = await store.osProcesses.usage(machineId, windows);
        expect(usage.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
          { window: 0, name: "other", user: "root", cpuSeconds: 1, ioBytes: null, rssBytes: 7 },
          { window: 0, name: "worker", user: "root", cpuSeconds: 9.5, ioBytes: 90, rssBytes: 250 },
        ]);
      });
    });

    describe("access", () => {
      const person = { name: "Ana", role: "viewer", passwordHash: "one", createdAt: start } as const;

      test("keeps people by name without regard to case", async () => {
        const userId = await store.access.putUser(person);
        expect(
          await store.access.putUser({ ...person, name: "ANA", role: "admin", passwordHash: "two" }),
        ).toBe(userId);
        expect(await store.access.users()).toEqual([
          { ...person, userId, role: "admin", passwordHash: "two" },
        ]);
      });

      test("keeps tokens by their hash, until they are removed", async () => {
        const tokenId = await store.access.addToken({ ...aToken, expiresAt: start + 1, role: "viewer" });
        const token = { ...aToken, tokenId, expiresAt: start + 1, role: "viewer", lastUsedAt: null };
        expect(await store.access.tokenByHash("hash")).toEqual(token);
        expect(await store.access.tokens()).toEqual([token]);
        await expect(store.access.addToken(aToken)).rejects.toThrow(/[Dd]uplicate key/);
        expect(await store.access.removeToken(tokenId)).toBe(true);
        expect(await store.access.removeToken(tokenId)).toBe(false);
        expect(await store.access.tokenByHash("hash")).toBeNull();
      });

      test("gives out the uses of a token, and no more, however many ask at once", async () => {
        const tokenId = await store.access.addToken({ ...aToken, kind: "enroll", usesLeft: 3 });
        const uses = await Promise.all(Array.from({ length: 8 }, () => store.access.useToken(tokenId, now)));
        expect(uses.filter(Boolean)).toHaveLength(3);
        expect(await store.access.tokenByHash("hash")).toMatchObject({ usesLeft: 0, lastUsedAt: now });
      });

      test("remembers who did what, the newest first", async () => {
        const entry = { at: start, actor: "ana", action: "machine.create", target: "m_1", detail: "" };
        await store.access.audit(entry);
        await store.access.audit({ ...entry, at: start + 1, action: "machine.remove" });
        expect((await store.access.auditList(5)).map(({ action }) => action)).toEqual([
          "machine.remove",
          "machine.create",
        ]);
        expect(await store.access.auditList(1)).toHaveLength(1);
      });
    });

    describe("the density of executions", () => {
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
        const rows = await store.executions.density(filter, 600 * second, 100);
        const sorted = rows.toSorted(
          (a, b) =>
            a.processId - b.processId ||
            a.stepId - b.stepId ||
            a.part - b.part ||
            a.busyMicros - b.busyMicros,
        );
        expect(sorted).toEqual([
          {
            machineId,
            processId: 1,
            stepId: 0,
            part: 0,
            runs: 3,
            failed: 1,
            busyMicros: (60 + 360) * second,
          },
          { machineId, processId: 1, stepId: 0, part: 1, runs: 1, failed: 0, busyMicros: 0 },
          { machineId, processId: 1, stepId: 0, part: 1, runs: 2, failed: 0, busyMicros: 30 * second },
          { machineId, processId: 1, stepId: 3, part: 1, runs: 1, failed: 0, busyMicros: 30 * second },
          { machineId, processId: 2, stepId: 0, part: 1, runs: 1, failed: 1, busyMicros: 30 * second },
        ]);
        expect(
          await store.executions.density({ ...filter, outcomes: ["failed"] }, 60 * second, 100),
        ).toMatchObject([{ part: 2, runs: 1, failed: 1 }]);
        expect(await store.executions.density(filter, 600 * second, 2)).toHaveLength(3);
      });
    });

    describe("removal by age", () => {
      test("takes what is older than each limit, and a key no sooner than told", async () => {
        const day = 24 * hourLong;
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
        await commit(batch(2, { executions: [{ ...execution("new"), output: "new" }] }));
        const keep = { samples: start - day, executions: start - 10 * day, keys: start - 10 * day };
        expect(await store.removeBefore(keep)).toMatchObject({
          sample: 2,
          os_process_sample: 1,
          execution: 0,
        });
        expect(await send(execution("old"))).toMatchObject({ duplicates: 1 });
        const removed = await store.removeBefore({
          samples: start - day,
          executions: start - day,
          keys: start - day,
        });
        expect(removed).toEqual({
          sample: 0,
          sample_rollup: 0,
          supervision_event: 0,
          os_process_sample: 0,
          execution: 1,
          execution_running: 1,
          execution_output: 1,
          execution_key: 2,
          dead_letter: 1,
        });
        expect(await store.executions.output(machineId, "old")).toBeNull();
        expect(await store.executions.output(machineId, "new")).toBe("new");
        expect(await ids()).toEqual(["new"]);
        expect(await store.osProcesses.at(machineId, 0, start)).toHaveLength(1);
        expect(await send(execution("old"))).toMatchObject({ accepted: 1 });
      });

      test("makes nothing count twice: what is older than the keys is looked for among the executions", async () => {
        const day = 24 * hourLong;
        const old = (id: string, more: Partial<ExecutionRow> = {}) =>
          execution(id, { startedAt: start - 400 * day, endedAt: start - 400 * day + second, ...more });
        const other = (await store.machines.create("web-2", now))!;
        expect(await send(old("a"), old("b"))).toMatchObject({ accepted: 2 });
        now += 30 * day;
        expect(await store.removeBefore({ samples: 0, executions: 0, keys: now - 7 * day })).toMatchObject({
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
  });
}

const hourLong = 3600 * second;

const anExecution: ExecutionRow = {
  machineId: 0,
  executionId: "",
  processId: 1,
  stepId: 0,
  parentId: null,
  kind: "cron",
  startedAt: start,
  endedAt: start + 30 * second,
  outcome: "ok",
  exitCode: 0,
  pid: null,
  attributes: null,
  flags: [],
  cpuSeconds: null,
  maxRssBytes: null,
  ioReadBytes: null,
  ioWriteBytes: null,
  peakCpuCores: null,
  peakIoBytesPerSecond: null,
};
const stillRunning = { endedAt: null, outcome: "running", exitCode: null } as const;

const aToken = {
  hash: "hash",
  kind: "machine",
  name: "agent",
  role: null,
  machineId: null,
  userId: null,
  usesLeft: null,
  createdAt: start,
  expiresAt: null,
} as const;

const cpu = {
  metric: "system.cpu.utilization",
  attributes: { "cpu.mode": "user" },
  unit: "1",
  type: "gauge",
} as const;
const networkIo = { metric: "system.network.io", attributes: {}, unit: "By", type: "counter" } as const;

const computer = {
  hostName: "web-1",
  timeZone: "America/Sao_Paulo",
  os: "Debian 13",
  kernel: "6.12",
  architecture: "x64",
  bootId: "boot",
  bootedAt: start,
  cpuCores: 2,
  cpuModel: "model",
  cpuMegahertz: null,
  memoryBytes: 2 ** 34,
  swapBytes: 0,
  partitions: [{ device: "sda1", mountPoint: "/", fileSystem: "ext4", sizeBytes: 2 ** 36 }],
  agentVersion: "0.1.0",
  capabilities: ["pressure"],
};

function dropped(fromSequence: number, toSequence: number): IntakeBatch["dropped"][number] {
  return { fromSequence, toSequence, reason: "spool-full", rows: 1 };
}

function named(rows: readonly ExecutionRow[]): string[] {
  return rows.map(({ executionId }) => executionId);
}

/** Rows of [series, at, value, interval]. */
function points(rows: readonly (readonly [number, Micros, number, number])[]): IntakeBatch["points"] {
  return {
    seriesId: rows.map(([series]) => series),
    at: rows.map(([, at]) => at),
    value: rows.map(([, , value]) => value),
    intervalSeconds: rows.map(([, , , interval]) => interval),
  };
}

type OsProcesses = NonNullable<IntakeBatch["osProcesses"]>;

function osProcesses(columns: Partial<OsProcesses>): OsProcesses {
  const rows = Object.values(columns)[0]?.length ?? 0;
  const all = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  return {
    at: all(start),
    intervalSeconds: all(60),
    uid: all("0123456789abcdef"),
    pid: all(4711),
    parentPid: all(1),
    name: all("worker"),
    user: all("root"),
    startedAt: all(start - 3600 * second),
    cpuSeconds: all(1),
    cpuPercent: all(1.7),
    cpuTotalSeconds: all(100),
    threads: all(2),
    rssBytes: all(10_000_000),
    memoryPercent: all(0.5),
    ioReadBytes: all(100),
    ioWriteBytes: all(200),
    ioOperations: all(3),
    ...columns,
  };
}
