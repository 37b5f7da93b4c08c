import { gzipSync } from "node:zlib";
import type { Execution, ExecutionDensity, Problem, Why } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { executionBatch, machineUnderTest, oneRun } from "../test/machine-under-test.ts";

let tested: HubUnderTest;
let web1: Awaited<ReturnType<typeof machineUnderTest>>;
let web2: typeof web1;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  web1 = await machineUnderTest(tested, "web-1");
  web2 = await machineUnderTest(tested, "web-2");
});
afterAll(() => tested.close());

async function post(body: unknown, headers: Record<string, string> = {}) {
  const answer = await tested.app.inject({
    method: "POST",
    url: "/api/v1/executions",
    headers: { "content-type": "application/json", ...web1.headers, ...headers },
    payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  return {
    status: answer.statusCode,
    body: answer.json<Problem & { accepted: number; duplicates: number }>(),
  };
}

const record = (body: object) => tested.ask("POST", "/executions", { body });

const at = (from: string, to: string, more: object = {}) => ({
  startedAt: `2026-11-20T${from}Z`,
  endedAt: `2026-11-20T${to}Z`,
  ...more,
});

async function get<T>(path: string): Promise<T> {
  return (await tested.ask("GET", path)).body as T;
}

test("an execution is answered back as it was sent, with names, ids and its duration", async () => {
  const sent = oneRun("full-1", {
    step: "compress",
    exitCode: 0,
    pid: 71,
    cpuSeconds: 3.5,
    attributes: { tables: 12 },
  });
  expect(await post(sent)).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
  const { flags, ...shown } = await get<Execution>("/executions/full-1");
  expect(flags).toEqual([]);
  expect(shown).toEqual({
    ...sent,
    startedAt: "2026-11-23T02:00:00.000000Z",
    endedAt: "2026-11-23T02:00:10.000000Z",
    durationSeconds: 10,
    outcome: "ok",
    machine: "web-1",
    machineId: web1.id,
    processId: "p_1",
  });
});

test("a claim that no machine can make true is not shown as a fact, and the run says so", async () => {
  await post(oneRun("boast-1", { endedAt: "2026-11-23T02:00:10Z", cpuSeconds: 1e18, ioReadBytes: 4096 }));
  const run = await get<Execution>("/executions/boast-1");
  expect(run).toMatchObject({ ioReadBytes: 4096, flags: ["use-implausible"] });
  expect(run).not.toHaveProperty("cpuSeconds");
});

test("what it wrote is answered with one execution and its explanation, as plain text, and not in lists", async () => {
  await post(oneRun("wrote-1", { output: "\u001b[31mno space left\u001b[0m\r\n\u0000<b>" }));
  const output = "no space left\n\ufffd<b>";
  expect(await get<Execution>("/executions/wrote-1")).toMatchObject({ output });
  expect(await get<Why>("/executions/wrote-1/why")).toMatchObject({ execution: { output } });
  const { items } = await get<{ items: Execution[] }>("/executions?limit=1000");
  expect(items.find(({ id }) => id === "wrote-1")).not.toHaveProperty("output");
  const { status, body } = await post(oneRun("wrote-2", { output: "é".repeat(5121) }));
  expect([status, body.items]).toEqual([
    400,
    [{ index: 0, path: "/output", detail: "longer than 10240 bytes of UTF-8" }],
  ]);
});

test("what it wrote arrives in an agent's batch", async () => {
  await web2.upload(executionBatch(1, [oneRun("wrote-3", { output: "from an agent" })]));
  expect(await get<Execution>("/executions/wrote-3")).toMatchObject({ output: "from an agent" });
});

test("an array and NDJSON, also gzipped, are taken; the same ids again are duplicates", async () => {
  const runs = [oneRun("list-1"), oneRun("list-2")];
  expect((await post(runs)).body).toEqual({ accepted: 2, duplicates: 0 });
  const lines = `${[...runs, oneRun("list-3")].map((run) => JSON.stringify(run)).join("\n")}\n\n`;
  const ndjson = { "content-type": "application/x-ndjson" };
  expect((await post(lines, ndjson)).body).toEqual({ accepted: 1, duplicates: 2 });
  const zipped = { ...ndjson, "content-encoding": "gzip" };
  expect((await post(gzipSync(lines), zipped)).body).toEqual({ accepted: 0, duplicates: 3 });
  expect((await post([])).body).toEqual({ accepted: 0, duplicates: 0 });
});

test("without an end it is running, and a second one with the same id completes it", async () => {
  const { endedAt, ...start } = oneRun("long-1");
  await post(start);
  expect(await get<Execution>("/executions/long-1")).toMatchObject({ outcome: "running" });
  expect((await post({ ...start, endedAt, exitCode: 3 })).body).toEqual({ accepted: 1, duplicates: 0 });
  expect(await get<Execution>("/executions/long-1")).toMatchObject({ outcome: "failed", exitCode: 3 });
});

test("a bad item is named with its index, and nothing of the list is stored", async () => {
  const { status, body } = await post([
    oneRun("all-1"),
    oneRun("all-2", { endedAt: "2026-11-23T01:59:59Z" }),
    oneRun("all-3", { colour: "red" }),
    "no object",
  ]);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: "invalid-request", status: 400 });
  expect(body.items).toEqual([
    { index: 1, path: "/endedAt", detail: "ends before it starts" },
    { index: 2, path: "", detail: expect.stringContaining("colour") },
    { index: 3, path: "", detail: expect.stringContaining("expected object") },
  ]);
  expect((await tested.ask("GET", "/executions/all-1")).status).toBe(404);
});

test.each([
  ["a name of 201 characters", { process: "x".repeat(201) }, "/process"],
  ["an empty name", { process: "" }, "/process"],
  ["NUL in a name", { process: "back\u0000up" }, "/process"],
  ["a line feed in a name", { step: "back\nup" }, "/step"],
  ["a right-to-left override in a name", { process: "backup\u202etxt" }, "/process"],
  ["1970", { startedAt: "1970-01-01T00:00:00Z" }, "/startedAt"],
  ["2099", { startedAt: "2099-01-01T00:00:00Z", endedAt: "2099-01-01T00:00:01Z" }, "/startedAt"],
  ["25 hours ahead", { endedAt: "2026-11-24T04:00:01Z" }, "/endedAt"],
  ["no offset in an instant", { startedAt: "2026-11-23T02:00:00" }, "/startedAt"],
  ["running with an end", { outcome: "running" }, "/outcome"],
  ["ok without an end", { outcome: "ok", endedAt: undefined }, "/endedAt"],
  [
    "33 attributes",
    { attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, i])) },
    "/attributes",
  ],
  ["3 KiB of attributes", { attributes: { text: "x".repeat(3000) } }, "/attributes"],
  ["a negative amount", { cpuSeconds: -1 }, "/cpuSeconds"],
])("%s is refused by name", async (_, more, path) => {
  const { status, body } = await post(oneRun("bad-1", more));
  expect(status).toBe(400);
  expect(body.items).toContainEqual(expect.objectContaining({ index: 0, path }));
  expect((await tested.ask("GET", "/executions/bad-1")).status).toBe(404);
});

test("zero length is fine; up to 24 hours ahead is kept and flagged", async () => {
  await post(oneRun("zero-1", { endedAt: "2026-11-23T02:00:00Z" }));
  expect(await get<Execution>("/executions/zero-1")).toMatchObject({ durationSeconds: 0, flags: [] });
  await post(oneRun("ahead-1", { endedAt: "2026-11-23T23:00:00Z" }));
  expect(await get<Execution>("/executions/ahead-1")).toMatchObject({ flags: ["future"] });
});

test("a body that is not UTF-8, not JSON, or of another type is refused", async () => {
  const latin1 = Buffer.from('{"process":"caf\xe9"}', "latin1");
  expect((await post(latin1)).body).toMatchObject({
    code: "invalid-request",
    detail: "the body is not valid UTF-8",
  });
  expect((await post("{")).body.detail).toMatch(/^the body is not JSON/);
  const ndjson = { "content-type": "application/x-ndjson" };
  const mixed = await post(
    Buffer.concat([Buffer.from(`${JSON.stringify(oneRun("mix-1"))}\n`), latin1]),
    ndjson,
  );
  expect(mixed.body.items).toEqual([{ index: 1, path: "", detail: "not valid UTF-8" }]);
  expect((await post("a,b", { "content-type": "text/csv" })).status).toBe(415);
  expect((await post("{}", { "content-encoding": "br" })).status).toBe(415);
});

test("10,001 items are refused with the limit named", async () => {
  const { status, body } = await post(Array.from({ length: 10_001 }, () => 1));
  expect(status).toBe(413);
  expect(body).toMatchObject({ code: "too-many-items", limit: 10_000 });
});

test("a body over 8 MiB, plain or decoded, is refused with the limit named", async () => {
  const name = "x".repeat(10 * 1024 * 1024);
  const plain = await post(oneRun("big-1", { process: name }));
  const bomb = await post(gzipSync(Buffer.alloc(100 * 1024 * 1024, 32)), { "content-encoding": "gzip" });
  for (const { status, body } of [plain, bomb]) {
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: "too-large", limit: 8 * 1024 * 1024 });
  }
  expect(tested.hub.bodies.held).toBe(0);
});

test("a truncated gzip body is refused", async () => {
  const whole = gzipSync(JSON.stringify(oneRun("cut-1")));
  const { status, body } = await post(whole.subarray(0, whole.length - 12), { "content-encoding": "gzip" });
  expect(status).toBe(400);
  expect(body.detail).toContain("cut short");
});

test("a machine's token records for that machine alone, named or not", async () => {
  expect((await post(oneRun("own-1", { machine: "WEB-1" }))).status).toBe(200);
  expect((await post(oneRun("own-2", { machine: web1.id }))).status).toBe(200);
  for (const machine of ["web-2", web2.id, "no-such-machine"]) {
    const { status, body } = await post(oneRun("foreign-1", { machine }));
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: "forbidden", items: [{ index: 0, path: "/machine" }] });
  }
  expect((await tested.ask("GET", "/executions/foreign-1")).status).toBe(404);
});

test("a person names the machine", async () => {
  expect((await record(oneRun("person-1", { machine: "web-2" }))).body).toEqual({
    accepted: 1,
    duplicates: 0,
  });
  expect((await record(oneRun("person-2"))).status).toBe(400);
  expect((await record(oneRun("person-2", { machine: "web-9" }))).status).toBe(400);
});

test("unknown and revoked tokens are refused", async () => {
  const unknown = { authorization: "Bearer culprit_m_00000000000000000000000000000000" };
  expect((await post(oneRun("t-1"), unknown)).body).toMatchObject({ code: "not-signed-in", status: 401 });
  const issued = await tested.hub.access.issue({ kind: "user", name: "script", role: "operator" });
  const mine = { authorization: `Bearer ${issued.token}` };
  expect((await post(oneRun("t-1", { machine: "web-1" }), mine)).status).toBe(200);
  await tested.hub.access.revoke(issued.tokenId);
  expect((await post(oneRun("t-2", { machine: "web-1" }), mine)).status).toBe(401);
});

test("a token pasted with a line break in it is understood", async () => {
  const broken = `Bearer ${web1.token.slice(0, 20)} ${web1.token.slice(20)}`;
  expect((await post(oneRun("paste-1"), { authorization: broken })).status).toBe(200);
});

test("an id that two machines used is ambiguous until one is named", async () => {
  await post(oneRun("shared-1"));
  await post(oneRun("shared-1"), web2.headers);
  const { status, body } = await tested.ask("GET", "/executions/shared-1");
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: "ambiguous", detail: expect.stringContaining("web-1, web-2") });
  expect(await get<Execution>("/executions/shared-1?machine=web-2")).toMatchObject({ machineId: web2.id });
});

test("the list filters by ids and names, pages without gaps, and refuses what it doesn't know", async () => {
  const runs = Array.from({ length: 7 }, (_, hour) =>
    oneRun(`page-${hour}`, {
      process: "Report",
      startedAt: `2026-11-22T1${hour}:00:00Z`,
      endedAt: `2026-11-22T1${hour}:00:01Z`,
      outcome: hour === 3 ? "failed" : "ok",
    }),
  );
  await post(runs);
  const [first] = (await get<{ items: Execution[] }>("/executions?process=report")).items;
  expect(first).toMatchObject({ id: "page-6", process: "Report" });
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await get<{ items: Execution[]; nextCursor?: string }>(
      `/executions?process=${first!.processId}&machine=web-1&limit=3${cursor && `&cursor=${cursor}`}`,
    );
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? "";
  } while (cursor);
  expect(seen).toEqual(["page-6", "page-5", "page-4", "page-3", "page-2", "page-1", "page-0"]);
  const failed = await get<{ items: Execution[] }>("/executions?process=report&outcome=failed&kind=cron");
  expect(failed.items.map(({ id }) => id)).toEqual(["page-3"]);
  const none = await get<{ items: Execution[] }>("/executions?process=report&machine=web-2");
  expect(none.items).toEqual([]);
  for (const [query, status] of [
    ["process=nothing", 404],
    ["machine=m_99", 404],
    ["colour=red", 400],
    ["from=yesterday", 400],
    ["from=2026-11-23T02:00:00Z&to=2026-11-23T01:00:00Z", 400],
    ["cursor=nonsense", 400],
    ["limit=0", 400],
  ] as const)
    expect((await tested.ask("GET", `/executions?${query}`)).status, `?${query}`).toBe(status);
});

test("overlapping takes what ran at the same time, not what only touches, nor the run's own steps", async () => {
  await post([
    oneRun("subject", at("10:00:00", "11:00:00")),
    oneRun("own-step", at("10:10:00", "10:20:00", { step: "dump", parentId: "subject" })),
    oneRun("inside", at("10:30:00", "10:31:00")),
    oneRun("around", at("09:00:00", "12:00:00")),
    oneRun("touches-before", at("09:00:00", "10:00:00")),
    oneRun("touches-after", at("11:00:00", "12:00:00")),
    oneRun("instant", at("10:40:00", "10:40:00")),
  ]);
  await post(oneRun("elsewhere", at("10:59:59", "11:30:00")), web2.headers);
  const { items } = await get<{ items: Execution[] }>("/executions?overlapping=subject");
  expect(items.map(({ id }) => id).toSorted()).toEqual(["around", "elsewhere", "inside", "instant"]);
});

test("past the limit of names a machine's new names are grouped, and say so", async () => {
  const small = await hubUnderTest("2026-11-23T03:00:00Z", { limits: { processNamesPerMachine: 3 } });
  const machine = await machineUnderTest(small, "web-1");
  const payload = ["a", "b", "c", "d", "A", "e-7", "e-8"].map((process, at) =>
    oneRun(`n-${at}`, { process }),
  );
  await small.app.inject({ method: "POST", url: "/api/v1/executions", headers: machine.headers, payload });
  const { items } = (await small.ask("GET", "/executions")).body as { items: Execution[] };
  const shown = Object.fromEntries(items.map(({ id, process, flags }) => [id, `${process} ${flags.join()}`]));
  expect(shown).toEqual({
    "n-0": "a ",
    "n-1": "b ",
    "n-2": "c ",
    "n-3": "(others) name-grouped",
    "n-4": "a ",
    "n-5": "e-* name-grouped",
    "n-6": "e-* name-grouped",
  });
  await small.close();
});

test("executions are counted by process, machine and part of a window, by the filters of the list", async () => {
  const density = async (more = "") => {
    const query = `from=2026-11-10T00:00:00Z&to=2026-11-10T10:00:00Z&parts=10${more}`;
    const { status, body } = await tested.ask("GET", `/executions/density?${query}`);
    return { status, body: body as ExecutionDensity };
  };
  const run = (hour: string, more: object = {}) => ({
    process: "dense",
    machine: "web-1",
    startedAt: `2026-11-10T${hour}:10:00Z`,
    endedAt: `2026-11-10T${hour}:11:00Z`,
    ...more,
  });
  await record([
    run("01"),
    run("01", { outcome: "failed" }),
    run("07"),
    run("07", { step: "load" }),
    run("08", { machine: "web-2", kind: "web" }),
  ]);
  const { body } = await density();
  expect(body).toMatchObject({ partSeconds: 3600, total: 5 });
  expect(body.lanes).toMatchObject([
    {
      machine: "web-1",
      process: "dense",
      parts: [1, 7],
      runs: [2, 1],
      failed: [1, 0],
      busySeconds: [120, 60],
    },
    { machine: "web-1", process: "dense", step: "load", parts: [7], runs: [1] },
    { machine: "web-2", process: "dense", parts: [8] },
  ]);
  expect((await density("&kind=web")).body).toMatchObject({ total: 1, lanes: [{ machine: "web-2" }] });
  expect((await density("&outcome=failed&machine=web-1&process=dense")).body).toMatchObject({ total: 1 });
  expect((await density("&process=nothing")).status).toBe(404);
  expect((await density("&parts=0")).status).toBe(400);
  expect((await density("&limit=5")).status).toBe(400);
});
