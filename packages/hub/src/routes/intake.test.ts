import { gzipSync } from "node:zlib";
import type { Execution, OsProcess } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { buildApp } from "../app.ts";
import { assembleHub } from "../context.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import {
  executionBatch,
  machineUnderTest,
  members,
  oneRun,
  sampleBatch,
} from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;

const now = "2026-11-23T03:00:00Z";
/** Each test has a machine of its own. */
let numbered = 0;

beforeAll(async () => {
  tested = await hubUnderTest(now, {
    limits: { seriesPerMachine: 3, itemsPerRequest: 100 },
  });
});
beforeEach(async () => {
  tested.clock.set(now);
  web1 = await machineUnderTest(tested, `web-${++numbered}`);
});
afterAll(() => tested.close());

const micros = (text: string) => Date.parse(text) * 1000;
const at = micros("2026-11-23T02:59:50Z");
const load = (attributes: object = {}) => ({
  metric: "system.linux.load",
  attributes,
  unit: "1",
  type: "gauge",
});

const osProcesses = (rows: number, more: object = {}) => {
  const of = <T>(value: T) => Array.from({ length: rows }, () => value);
  return {
    at: of(at),
    intervalSeconds: of(60),
    uid: Array.from({ length: rows }, (_, row) => `uid-${row}`),
    pid: Array.from({ length: rows }, (_, row) => row + 1),
    parentPid: of(1),
    name: of("sort"),
    user: of("app"),
    startedAt: of(micros("2026-11-23T01:00:00Z")),
    cpuSeconds: of(1.5),
    cpuPercent: of(2.5),
    cpuTotalSeconds: of(30),
    threads: of(1),
    rssBytes: of(4096),
    memoryPercent: of(0.1),
    ioReadBytes: of(null),
    ioWriteBytes: of(0),
    ioOperations: of(0),
    ...more,
  };
};

const pointsOf = (count: number) => ({
  series: Array.from({ length: count }, (_, index) => index),
  at: Array.from({ length: count }, () => at),
  value: Array.from({ length: count }, () => 1),
  intervalSeconds: Array.from({ length: count }, () => 0),
});

async function ids({ id: machine } = web1): Promise<string[]> {
  const { items } = (await tested.ask("GET", `/executions?machine=${machine}`)).body as {
    items: Execution[];
  };
  return items.map(({ id }) => id).toSorted();
}

test("several batches in one upload are stored, acknowledged and marked", async () => {
  const points = { series: [0, 1], at: [at, at], value: [0.5, 2], intervalSeconds: [0, 0] };
  const series = [load({ "load.period": "1m" }), load({ "load.period": "5m" })];
  const { status, body } = await web1.upload(
    executionBatch(1, [oneRun("run-1"), oneRun("run-2")]),
    sampleBatch(1, { series, points, osProcesses: osProcesses(3) }),
  );
  expect(status).toBe(200);
  expect(body.acknowledgements).toEqual([
    { stream: "exec-00000001", sequence: 1, status: "stored", rows: 2, rejected: [] },
    { stream: "host-00000001", sequence: 1, status: "stored", rows: 5, rejected: [] },
  ]);
  expect(body.marks).toEqual([
    { stream: "exec-00000001", sequence: 1 },
    { stream: "host-00000001", sequence: 1 },
  ]);
  expect(body.epoch).toBe(tested.hub.store.epoch);
  expect(await ids()).toEqual(["run-1", "run-2"]);
  const described = await tested.hub.store.samples.described([web1.machineId]);
  expect(described.map(({ description }) => description)).toEqual(series);
});

test("GET /intake answers the marks of this machine alone", async () => {
  const web2 = await machineUnderTest(tested, `other-${numbered}`);
  await web1.upload(executionBatch(1, []), executionBatch(2, []));
  const marks = (headers: Record<string, string>) => tested.app.inject({ url: "/api/v1/intake", headers });
  expect((await marks(web1.headers)).json()).toMatchObject({
    marks: [{ stream: "exec-00000001", sequence: 2 }],
  });
  expect((await marks(web2.headers)).json()).toMatchObject({ marks: [] });
});

test("a batch sent again, also twice at once, is stored once", async () => {
  const batch = executionBatch(1, [{ ...oneRun("x"), id: undefined }]);
  const both = await Promise.all([web1.upload(batch), web1.upload(batch)]);
  const statuses = both.flatMap(({ acknowledgements }) => acknowledgements.map(({ status }) => status));
  expect(statuses.toSorted()).toEqual(["duplicate", "stored"]);
  expect((await web1.upload(batch)).acknowledgements[0]).toMatchObject({ status: "duplicate" });
  expect(await ids()).toHaveLength(1);
});

test("the same sequence with another body is refused loudly and changes nothing", async () => {
  await web1.upload(executionBatch(1, [oneRun("run-1")]));
  const { acknowledgements } = await web1.upload(executionBatch(1, [oneRun("run-9")]));
  expect(acknowledgements[0]).toMatchObject({ status: "refused", code: "sequence-conflict" });
  expect(await ids()).toEqual(["run-1"]);
});

test("a gap is told, and legal with a record of what was dropped", async () => {
  await web1.upload(executionBatch(1, []));
  expect((await web1.upload(executionBatch(4, []))).acknowledgements[0]).toMatchObject({ status: "gap" });
  const dropped = [{ fromSequence: 2, toSequence: 3, reason: "disk full", rows: 7 }];
  const explained = await web1.upload(executionBatch(4, [oneRun("run-4")], { dropped }));
  expect(explained.acknowledgements[0]).toMatchObject({ status: "stored" });
});

test("of good and bad executions the good are stored and the bad dead-lettered and named", async () => {
  const bad = oneRun("bad", { endedAt: "2026-11-23T01:00:00Z" });
  const foreign = oneRun("foreign", { machine: "web-2" });
  const old = oneRun("old", { startedAt: "1970-01-01T00:00:00Z" });
  const { acknowledgements } = await web1.upload(executionBatch(1, [oneRun("good"), bad, 7, foreign, old]));
  expect(acknowledgements[0]).toMatchObject({ status: "stored", rows: 1 });
  expect(acknowledgements[0]!.rejected).toEqual([
    { part: "executions", index: 1, code: "invalid-row", detail: "/endedAt: ends before it starts" },
    { part: "executions", index: 2, code: "invalid-row", detail: expect.stringContaining("expected object") },
    {
      part: "executions",
      index: 3,
      code: "invalid-row",
      detail: expect.stringContaining("that machine alone"),
    },
    { part: "executions", index: 4, code: "invalid-row", detail: "/startedAt: more than 10 years back" },
  ]);
  expect(await ids()).toEqual(["good"]);
  const letters = await tested.hub.store.intake.deadLetters(web1.machineId, 10);
  expect(letters.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  expect(JSON.parse(letters[0]!.body)).toEqual(bad);
});

test("of good and bad points and OS processes the good are stored, the bad named by row", async () => {
  const points = {
    series: [0, 5, 0, 0, 0],
    at: [at, at, at + 90_000_000_000, at, at],
    value: [1, 1, 1, "many", 4],
    intervalSeconds: [0, 0, 0, 0, -1],
  };
  const { acknowledgements } = await web1.upload(
    sampleBatch(1, {
      series: [load()],
      points,
      osProcesses: osProcesses(4, {
        pid: [1, -2, 3, 2 ** 40],
        name: ["sort", "sort", "a\u0000\u202eb", "sort"],
      }),
    }),
  );
  const [one] = acknowledgements;
  expect(one).toMatchObject({ status: "stored", rows: 3 });
  expect(one!.rejected.map(({ part, index, detail }) => `${part} ${index} ${detail.split(":")[0]}`)).toEqual([
    "points 1 series",
    "points 2 at",
    "points 3 value",
    "points 4 intervalSeconds",
    "osProcesses 1 pid",
    "osProcesses 3 pid",
  ]);
  const table = await tested.ask("GET", `/os-processes?machine=${web1.id}&at=2026-11-23T02:59:55Z`);
  const { items } = table.body as { items: OsProcess[] };
  expect(items.map(({ name }) => name).toSorted()).toEqual(["a??b", "sort"]);
});

test("columns of different length, or none, cost their part and not the others", async () => {
  const points = { series: [0, 0], at: [at], value: [1, 2], intervalSeconds: [0, 0] };
  const { acknowledgements } = await web1.upload(
    sampleBatch(1, { series: [load()], points, osProcesses: osProcesses(2), computer: { hostName: 7 } }),
  );
  expect(acknowledgements[0]).toMatchObject({ status: "stored", rows: 2 });
  expect(acknowledgements[0]!.rejected.map(({ part, index }) => `${part} ${index}`)).toEqual([
    "points -1",
    "computer 0",
  ]);
});

test("a list of series that was sent before is known by its text, and only where it stands as the batch's own", async () => {
  const [one, five] = [load({ "load.period": "1m" }), load({ "load.period": "5m" })];
  const second = 1_000_000;
  const text = (sequence: number, series: unknown[]) => {
    const points = {
      series: [0, 1],
      at: [at + sequence * second, at + sequence * second],
      value: [sequence, 10 * sequence],
      intervalSeconds: [0, 0],
    };
    return JSON.stringify(sampleBatch(sequence, { series, points }));
  };
  const [list, turned] = [JSON.stringify([one, five]), JSON.stringify([five, one])];
  const lines = [
    text(1, [one, five]),
    text(2, [one, five]),
    // Another order is another list; of two the last counts, as everywhere in JSON; in a part that nobody reads it is none.
    text(3, [five, one]),
    text(4, [one, five]).replace(/}$/, `,"series":${turned}}`),
    text(5, [five, one]).replace(`"kind"`, `"other":{"a":1,"series":${list},"points":{}},"kind"`),
    text(6, [one, five]),
  ];
  for (const line of lines) {
    const [acknowledgement] = (await web1.upload(line)).acknowledgements;
    expect(acknowledgement).toMatchObject({ status: "stored", rows: 2, rejected: [] });
  }
  const stored = await tested.hub.store.samples.described([web1.machineId]);
  expect(stored.map(({ description }) => description)).toEqual([one, five]);
  const values = await tested.hub.store.samples.series(
    stored.map(({ seriesId }) => seriesId),
    at + second,
    at + 7 * second,
    second,
  );
  expect(values.map((series) => [...series.values])).toEqual([
    [1, 2, 30, 40, 50, 6],
    [10, 20, 3, 4, 5, 60],
  ]);
  // Another machine has its own.
  const web2 = await machineUnderTest(tested, `other-${numbered}`);
  expect((await web2.upload(text(1, [one, five]))).acknowledgements[0]).toMatchObject({ rows: 2 });
  expect(await tested.hub.store.samples.described([web2.machineId])).toHaveLength(2);
});

test("past the limit of series the new ones are refused by name, the known go on", async () => {
  const many = [1, 2, 3, 4, 5].map((cpu) => load({ cpu: String(cpu) }));
  const first = await web1.upload(sampleBatch(1, { series: many, points: pointsOf(5) }));
  expect(first.acknowledgements[0]).toMatchObject({ status: "stored", rows: 3 });
  expect(
    first.acknowledgements[0]!.rejected.map(({ part, index, code }) => `${part} ${index} ${code}`),
  ).toEqual(["series 3 limit-exceeded", "series 4 limit-exceeded"]);
  // The same series in another order of keys is no new one.
  const turned = [{ type: "gauge", unit: "1", attributes: { cpu: "1" }, metric: "system.linux.load" }];
  const second = await web1.upload(sampleBatch(2, { series: turned, points: pointsOf(1) }));
  expect(second.acknowledgements[0]).toMatchObject({ rows: 1, rejected: [] });
});

test("a line that is no batch is refused by name and does not block the rest", async () => {
  const { status, acknowledgements } = await web1.upload(
    executionBatch(1, [oneRun("run-1")]),
    "{ this is no JSON",
    { protocol: 1, stream: "exec-00000001", sequence: 2, kind: "gossip" },
    executionBatch(2, [oneRun("run-2")]),
  );
  expect(status).toBe(200);
  expect(acknowledgements.map(({ status, stream, sequence }) => `${status} ${stream} ${sequence}`)).toEqual([
    "stored exec-00000001 1",
    "refused  0",
    "refused exec-00000001 2",
    "stored exec-00000001 2",
  ]);
  expect(acknowledgements[1]!.rejected).toEqual([
    {
      part: "batch",
      index: 1,
      code: "invalid-request",
      detail: expect.stringContaining("line 2 of the upload"),
    },
  ]);
});

test("bad UTF-8 in one line costs that line", async () => {
  const bad = gzipSync(Buffer.concat([Buffer.from('{"protocol":1,"stream":"'), Buffer.from([0xff, 0x0a])]));
  const good = members(executionBatch(1, [oneRun("run-1")]));
  const { acknowledgements } = await web1.uploadBytes(Buffer.concat([bad, good]));
  expect(acknowledgements.map(({ status }) => status)).toEqual(["refused", "stored"]);
  expect(acknowledgements[0]!.detail).toContain("not valid UTF-8");
});

test("of an upload cut anywhere, whole lines are stored and the cut one is not acknowledged", async () => {
  const first = members(executionBatch(1, [oneRun("run-1")]));
  const second = members(
    executionBatch(
      2,
      Array.from({ length: 50 }, (_, run) => oneRun(`later-${run}`)),
    ),
  );
  const whole = Buffer.concat([first, second]);
  for (const cut of [first.length + 1, first.length + 30, whole.length - 60, whole.length - 30]) {
    const { status, body } = await web1.uploadBytes(whole.subarray(0, cut));
    expect(status, `cut at ${cut} of ${whole.length}`).toBe(200);
    expect(body.acknowledgements).toHaveLength(1);
    expect(body.marks).toEqual([{ stream: "exec-00000001", sequence: 1 }]);
  }
  expect(await ids()).toEqual(["run-1"]);
  expect((await web1.uploadBytes(whole)).body.marks).toEqual([{ stream: "exec-00000001", sequence: 2 }]);
});

test("an upload of which nothing can be read is refused as a whole", async () => {
  for (const [payload, encoding] of [
    [members(executionBatch(1, [])).subarray(0, 20), "gzip"],
    [Buffer.from("no gzip at all"), "gzip"],
    [Buffer.alloc(0), "identity"],
  ] as const) {
    const { status, body } = await web1.uploadBytes(payload, encoding);
    expect(status).toBe(400);
    expect(body.code).toBe("invalid-request");
  }
});

test("a gzip bomb stops at the limit, which is named; nothing is stored or held", async () => {
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, 10));
  const { status, body } = await web1.uploadBytes(
    Buffer.concat([members(executionBatch(1, [oneRun("run-1")])), bomb]),
  );
  expect(status).toBe(413);
  expect(body).toMatchObject({ code: "too-large", limit: 8 * 1024 * 1024 });
  expect(tested.hub.bodies.held).toBe(0);
  expect(await ids()).toEqual([]);
});

test("batches of another protocol version stay with the agent, which is told who must be upgraded", async () => {
  const newer = { ...executionBatch(2, [oneRun("run-2")]), protocol: 2 };
  const alone = await web1.upload(newer);
  expect(alone.status).toBe(409);
  expect(alone.body).toMatchObject({
    code: "protocol-version",
    detail: expect.stringContaining("upgrade the hub"),
  });
  const mixed = await web1.upload(executionBatch(1, [oneRun("run-1")]), newer);
  expect(mixed.body.marks).toEqual([{ stream: "exec-00000001", sequence: 1 }]);
});

test("a machine that was removed is refused like one that never was", async () => {
  await tested.hub.fleet.remove(web1.machineId);
  tested.hub.access.forget(() => true);
  expect((await web1.upload(executionBatch(1, []))).status).toBe(401);
});

test("when the store can't write, nothing is acknowledged, reads go on, and later the batch is stored", async () => {
  await web1.upload(executionBatch(1, [oneRun("run-1")]));
  const { hub } = tested;
  let full = true;
  // The one part that can't be had for real here: a disk that is full for a while.
  const store = {
    ...hub.store,
    intake: {
      ...hub.store.intake,
      commit: async (...group: Parameters<typeof hub.store.intake.commit>) => {
        if (full) throw new Error("No space left on device");
        return hub.store.intake.commit(...group);
      },
    },
  };
  const ill = await assembleHub({ settings: hub.settings, clock: hub.clock, store, log: hub.log });
  const app = await buildApp(ill);
  const machine = await machineUnderTest({ ...tested, hub: ill, app }, `other-${numbered}`);
  const batch = executionBatch(1, [oneRun("run-2")]);
  const refused = await machine.upload(batch);
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({ code: "store-unavailable", retryAfterSeconds: 10 });
  const posted = await app.inject({
    method: "POST",
    url: "/api/v1/executions",
    headers: machine.headers,
    payload: oneRun("run-3"),
  });
  expect(posted.statusCode).toBe(503);
  expect(posted.headers["retry-after"]).toBe("10");
  await tested.hub.fleet.refresh();
  expect([await ids(), await ids(machine)]).toEqual([["run-1"], []]);
  full = false;
  expect((await machine.upload(batch)).acknowledgements[0]).toMatchObject({ status: "stored" });
  expect([await ids(), await ids(machine)]).toEqual([["run-1"], ["run-2"]]);
  await app.close();
  await ill.analysis.close();
});

test("of an upload with very many rows the first batches are taken, and the others when they are sent again", async () => {
  const rows = (sequence: number) => executionBatch(sequence, Array(400).fill(0));
  const batches = [1, 2, 3, 4, 5].map(rows);
  const taken = async (): Promise<number[]> =>
    (await web1.upload(...batches)).acknowledgements
      .filter(({ status }) => status === "stored")
      .map(({ sequence }) => sequence);
  expect(await taken()).toEqual([1, 2]);
  batches.splice(0, 2);
  expect(await taken()).toEqual([3, 4]);
  batches.splice(0, 2);
  expect(await taken()).toEqual([5]);
  expect((await web1.upload(executionBatch(6, Array(3000).fill(0)))).acknowledgements).toHaveLength(1);
});

test("while the rows of one machine are checked, others get their turn", async () => {
  const { hub } = tested;
  let turns = 0;
  const count = () => {
    turns++;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const turnsBefore = async (...batches: object[]): Promise<number> => {
    const begun = turns;
    let taken = 0;
    const commit = vi.spyOn(hub.store.intake, "commit").mockImplementationOnce((...group) => {
      taken = turns - begun;
      commit.mockRestore();
      return hub.store.intake.commit(...group);
    });
    await hub.intake.upload(
      web1.machineId,
      Buffer.from(batches.map((one) => `${JSON.stringify(one)}\n`).join("")),
    );
    return taken;
  };
  try {
    const rows = Array.from({ length: 6000 }, () => ({}));
    expect(await turnsBefore(executionBatch(1, rows))).toBeGreaterThanOrEqual(10);
    expect(await turnsBefore(sampleBatch(1, { series: rows }))).toBeGreaterThanOrEqual(10);
    const long = "x".repeat(300_000);
    const lines = [1, 2, 3, 4].map((sequence) => executionBatch(sequence + 1, [], { long }));
    expect(await turnsBefore(...lines)).toBeGreaterThanOrEqual(3);
  } finally {
    clearImmediate(counting);
  }
});

test("of one machine's uploads one is worked on at a time, and few wait", async () => {
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) => web1.upload(executionBatch(1, [oneRun(`run-${index}`)]))),
  );
  const statuses = all.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
  expect(statuses).toContain(503);
  expect(await ids()).toHaveLength(1);
  expect((await web1.upload(executionBatch(2, []))).status).toBe(200);
});

test("when too many bytes wait, the intake asks to come again, and recovers", async () => {
  const leases = ["web-2", "web-3"].map((sender) => tested.hub.bodies.lease(sender));
  for (const lease of leases) lease.take(tested.hub.settings.limits.bodiesInMemoryBytes / 2);
  const { status, body } = await web1.upload(executionBatch(1, []));
  expect(status).toBe(503);
  expect(body).toMatchObject({ code: "overloaded", retryAfterSeconds: 2 });
  for (const lease of leases) lease.release();
  expect((await web1.upload(executionBatch(1, []))).status).toBe(200);
});

test("runs of a machine whose clock is known to be off are flagged", async () => {
  tested.hub.fleet.heard(web1.machineId, 120_000_000);
  await web1.upload(executionBatch(1, [oneRun("run-1")]));
  expect((await tested.ask("GET", `/executions/run-1?machine=${web1.id}`)).body).toMatchObject({
    flags: ["clock-skew"],
  });
});

test("a clock that is days ahead loses nothing: what could not be kept is corrected by what was measured", async () => {
  const ahead = 2 * 86_400;
  const skewed = (text: string) => new Date(Date.parse(text) + ahead * 1000).toISOString();
  const run = oneRun("run-1", {
    startedAt: skewed("2026-11-23T02:58:00Z"),
    endedAt: skewed("2026-11-23T02:59:30Z"),
  });
  const old = oneRun("old", { startedAt: "2026-11-20T03:00:00Z", endedAt: "2026-11-20T03:01:00Z" });
  const clock = micros(skewed("2026-11-23T03:00:00Z"));
  const { body } = await web1.uploadAt(clock, executionBatch(1, [run, old]));
  expect(body).toMatchObject({ acknowledgements: [{ status: "stored", rows: 2, rejected: [] }] });
  expect((await tested.ask("GET", `/executions/run-1?machine=${web1.id}`)).body).toMatchObject({
    startedAt: "2026-11-23T02:58:00.000000Z",
    endedAt: "2026-11-23T02:59:30.000000Z",
    flags: ["clock-skew"],
  });
  // Of a time when the clock may have been right.
  expect((await tested.ask("GET", `/executions/old?machine=${web1.id}`)).body).toMatchObject({
    startedAt: "2026-11-20T03:00:00.000000Z",
    flags: ["clock-skew"],
  });
  const later = at + ahead * 1_000_000;
  const points = { series: [0], at: [later], value: [1], intervalSeconds: [0] };
  const processes = osProcesses(1, { at: [later], startedAt: [later - 60_000_000] });
  await web1.upload(sampleBatch(1, { series: [load()], points, osProcesses: processes }));
  const rows = (await tested.ask("GET", `/os-processes?machine=${web1.id}&at=2026-11-23T03:00:00Z`)).body;
  expect(rows).toMatchObject({ items: [{ startedAt: "2026-11-23T02:58:50.000000Z" }] });
});

test("a measured clock counts more than that of an upload, and one that is no number not at all", async () => {
  await web1.uploadAt("soon", executionBatch(1, []));
  expect(tested.hub.fleet.get(web1.machineId)?.clockOffsetMicros).toBeNull();
  tested.hub.fleet.heard(web1.machineId, 1000);
  await web1.uploadAt(9, executionBatch(2, []));
  expect(tested.hub.fleet.get(web1.machineId)?.clockOffsetMicros).toBe(1000);
});
