import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;
let uuid: string;
const ping = (path: string, more: Parameters<CheckinsUnderTest["call"]>[1] = {}) =>
  tested.call(`healthchecks/ping/${path}`, more);

beforeAll(async () => {
  hub = await checkinsHub();
});
beforeEach(async () => {
  tested = await hub.next();
  uuid = (await tested.make()).token;
});
afterAll(() => hub.close());

test("a success by GET, HEAD and POST answers OK, as the vendor does", async () => {
  const answer = await ping(uuid);
  expect(answer).toMatchObject({
    status: 200,
    text: "OK",
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "access-control-allow-origin": "*",
      "ping-body-limit": "10000",
    },
  });
  expect(answer.headers["cache-control"]).toContain("no-cache");
  expect(await ping(uuid, { method: "HEAD" })).toMatchObject({ status: 200 });
  expect(await ping(`${uuid}/`, { method: "POST", body: "" })).toMatchObject({ status: 200 });
  expect(await tested.call(`healthchecks/${uuid.toUpperCase()}`)).toMatchObject({ status: 200 });
  expect(await tested.runs()).toEqual(Array.from({ length: 4 }, () => "backup ok 0 ?"));
});

test("start and end make a run, with its exit status and what it said", async () => {
  await ping(`${uuid}/start`, { body: "begun" });
  tested.at(1);
  await ping(`${uuid}/log`, { body: "half" });
  tested.at(90);
  expect(await ping(`${uuid}/3`, { body: "broke: \u001b[31mred\u001b[0m" })).toMatchObject({ text: "OK" });
  expect(await tested.runs()).toEqual(["backup failed 0 90 exit 3"]);
  const [run] = await tested.executions();
  expect(run).toMatchObject({
    kind: "cron",
    machine: tested.name,
    attributes: { checkin: "healthchecks" },
    flags: [],
  });
  expect(await tested.output(run!.id)).toBe("begun\nhalf\nbroke: red");
});

test("what is told apart by its end: fail, exit status 0, and 255", async () => {
  for (const [at, end] of ["/fail", "/0", "/255"].entries()) {
    tested.at(at * 10);
    await ping(`${uuid}/start`);
    tested.at(at * 10 + 5);
    await ping(uuid + end);
  }
  expect(await tested.runs()).toEqual([
    "backup failed 0 5",
    "backup ok 10 5 exit 0",
    "backup failed 20 5 exit 255",
  ]);
});

test("a log changes no run: without one its text is kept with the check-in", async () => {
  expect(await ping(`${uuid}/log`, { body: "nothing runs" })).toMatchObject({ status: 200, text: "OK" });
  expect(await tested.runs()).toEqual([]);
  expect(await tested.checkins()).toMatchObject([{ message: "nothing runs", lastSignal: "log" }]);
});

test("of a long body the beginning is kept, and the check-in counts", async () => {
  const body = `${"é".repeat(4999)}xx${"y".repeat(300_000)}`;
  expect(await ping(uuid, { body })).toMatchObject({ status: 200 });
  const [run] = await tested.executions();
  expect(await tested.output(run!.id)).toBe(`${"é".repeat(4999)}xx`);
  tested.at(1);
  const binary = Buffer.alloc(20_000, 0xff);
  expect(await ping(uuid, { body: binary })).toMatchObject({ status: 200 });
  const [, second] = await tested.executions();
  expect(await tested.output(second!.id)).toMatch(/^\uFFFD{3000,}$/);
  expect(await ping(uuid, { body: "z".repeat(9 * 1024 * 1024) })).toMatchObject({ status: 413 });
});

test("wrong addresses, run ids and exit statuses are refused in the vendor's words", async () => {
  const missing = "07c2f548-9850-4b27-af5d-6c9dc157ec02";
  expect(await ping(missing)).toMatchObject({ status: 404, text: "not found" });
  for (const path of [`${uuid}/256`, `${uuid}/nothing`, `${uuid}/start/more`, "key-alone", ""])
    expect(await ping(path)).toMatchObject({ status: 400, text: "invalid url format" });
  expect(await ping(`${uuid}?rid=1`)).toMatchObject({ status: 400, text: "invalid uuid format" });
  expect(await ping(uuid, { method: "PUT" })).toMatchObject({ status: 405 });
  expect(await tested.runs()).toEqual([]);
});

test("a machine's token is a ping key: a slug is found, or made with create=1", async () => {
  const key = tested.machine.token;
  expect(await ping(`${key}/backup/start`)).toMatchObject({ status: 200, text: "OK" });
  tested.at(7);
  expect(await ping(`${key}/backup`)).toMatchObject({ status: 200 });
  expect(await ping(`${key}/report`)).toMatchObject({ status: 404, text: "not found" });
  expect(await ping(`${key}/report?create=1`)).toMatchObject({ status: 201, text: "Created" });
  expect(await ping(`${key}/report/12?create=1`)).toMatchObject({ status: 200, text: "OK" });
  expect((await tested.runs()).toSorted()).toEqual([
    "backup ok 0 7",
    "report failed 7 ? exit 12",
    "report ok 7 ?",
  ]);
  expect(await tested.checkins()).toMatchObject([
    { slug: "backup" },
    { slug: "report", machine: tested.name, ownToken: false },
  ]);
});

test("a person's token finds the one machine that has the slug; of several it says so", async () => {
  const { token } = await tested.hub.access.issue({ kind: "user", name: "ops", role: "operator" });
  await tested.make({ process: "of one machine" });
  expect(await ping(`${token}/of-one-machine`)).toMatchObject({ status: 200 });
  expect(await ping(`${token}/absent`)).toMatchObject({ status: 404 });
  expect(await ping(`${token}/absent?create=1`)).toMatchObject({
    status: 400,
    text: "which machine is not known: use a machine's token, or tell the host",
  });
  await (await hub.next()).make({ process: "of one machine" });
  expect(await ping(`${token}/of-one-machine`)).toMatchObject({ status: 409, text: "ambiguous slug" });
  expect(await tested.runs()).toEqual(["of one machine ok 0 ?"]);
});
