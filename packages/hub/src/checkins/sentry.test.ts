import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;
const id = "a460c25ff2554577b920fcfacae4e5eb";
const json = { "content-type": "application/json" };

beforeAll(async () => {
  hub = await checkinsHub();
});
beforeEach(async () => {
  tested = await hub.next();
});
afterAll(() => hub.close());

const cron = (query: string, more: Parameters<CheckinsUnderTest["call"]>[1] = {}) =>
  tested.call(`sentry/api/42/cron/nightly/${tested.machine.token}/${query}`, more);

const envelope = (lines: readonly (object | string)[], headers: Record<string, string> = {}, query = "") => {
  const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return tested.call(`sentry/api/42/envelope/${query}`, {
    body,
    headers: { "content-type": "application/x-sentry-envelope", ...headers },
  });
};

test("in_progress and ok by GET make a run, and answer 202 with nothing", async () => {
  expect(await cron("?status=in_progress")).toMatchObject({ status: 202, text: "" });
  tested.at(30);
  expect(await cron("?status=ok&environment=")).toMatchObject({ status: 202 });
  expect(await tested.runs()).toEqual(["nightly ok 0 30"]);
});

test("overlapping runs are told apart by check_in_id, in either form of a UUID", async () => {
  await cron(`?status=in_progress&check_in_id=${id}`);
  tested.at(10);
  await cron("?status=in_progress&check_in_id=b0000000-0000-0000-0000-000000000001");
  tested.at(20);
  await cron("?status=error&check_in_id=A460C25F-F255-4577-B920-FCFACAE4E5EB");
  tested.at(30);
  await cron("?status=ok&check_in_id=b0000000000000000000000000000001");
  expect(await tested.runs()).toEqual(["nightly failed 0 20", "nightly ok 10 20"]);
});

test("without check_in_id, or with zeros alone, it is the newest run under way in its environment", async () => {
  await cron(`?status=in_progress&check_in_id=${id}&environment=staging`);
  tested.at(1);
  await cron(`?status=in_progress&check_in_id=${id.replace("a", "b")}&environment=production`);
  tested.at(5);
  await cron(`?status=ok&check_in_id=${"0".repeat(32)}&environment=staging`);
  tested.at(6);
  await cron("?status=ok&environment=production");
  expect(await tested.runs()).toEqual(["nightly ok 0 5", "nightly ok 1 5"]);
});

test("a JSON body brings the schedule, which the supervision then expects", async () => {
  const monitor = (schedule: object) => ({
    status: "in_progress",
    monitor_config: { schedule, checkin_margin: 5, max_runtime: 10, timezone: "America/Los_Angeles" },
  });
  const send = (body: object) => cron("", { body: JSON.stringify(body), headers: json });
  expect(await send(monitor({ type: "crontab", value: "0 3 * * *" }))).toMatchObject({ status: 202 });
  const expected = {
    machineId: tested.machine.machineId,
    source: "check-in",
    graceSeconds: 300,
    maxSeconds: 600,
  };
  expect(await tested.hub.supervision.all()).toMatchObject([
    { ...expected, cron: "0 3 * * *", timeZone: "America/Los_Angeles" },
  ]);
  await send(monitor({ type: "interval", value: 2, unit: "hour" }));
  expect(await tested.hub.supervision.all()).toMatchObject([{ ...expected, cron: null, everySeconds: 7200 }]);
  for (const { id: own } of await tested.checkins()) await tested.ask("DELETE", `/checkins/${own}`);
  expect(await tested.hub.supervision.all()).toEqual([]);
  await send(monitor({ type: "interval", value: 2, unit: "hour" }));
  expect(await tested.hub.supervision.all()).toHaveLength(1);
  await send(monitor({ type: "crontab", value: "61 * * * *" }));
  expect(await tested.hub.supervision.all()).toEqual([]);
  await send({ status: "ok", monitor_config: { schedule: "nonsense" } });
  expect(await tested.runs()).toHaveLength(4);
  expect(await tested.checkins()).toMatchObject([{ schedule: { cron: "61 * * * *", maxSeconds: 600 } }]);
});

test("a schedule of fractions or of centuries leaves the check-in what it is", async () => {
  const send = (monitor_config: object) =>
    cron("", { body: JSON.stringify({ status: "ok", monitor_config }), headers: json });
  const interval = (value: number, unit: string) => ({ type: "interval", value, unit });
  const odd = { schedule: interval(1, "day"), checkin_margin: 0.51, max_runtime: 0.001 };
  expect(await send(odd)).toMatchObject({ status: 202 });
  const expected = [{ everySeconds: 86_400, graceSeconds: 31, maxSeconds: 1 }];
  expect(await tested.hub.supervision.all()).toMatchObject(expected);
  expect(await send({ schedule: interval(100_000, "year") })).toMatchObject({ status: 202 });
  expect(await tested.hub.supervision.all()).toMatchObject(expected);
  expect(await tested.runs()).toHaveLength(2);
});

test("a check-in that is none is refused with the reason", async () => {
  expect(await cron("")).toMatchObject({ status: 400 });
  expect((await cron("?status=sleeping")).text).toBe(
    '{"detail":"invalid check-in: status: status is none of in_progress, ok, error"}',
  );
  expect(await cron("", { body: "{", headers: json })).toMatchObject({ status: 400 });
  expect(await cron("", { body: "[]", headers: json })).toMatchObject({ status: 400 });
  const long = JSON.stringify({ status: "ok", release: "x".repeat(2_000_000) });
  expect(await cron("", { body: long, headers: json })).toMatchObject({ status: 413 });
  expect(await tested.runs()).toEqual([]);
});

test("a key that is not known looks like a project that is not the caller's", async () => {
  const answer = await tested.call(`sentry/api/42/cron/nightly/${id}/?status=ok`);
  expect(answer).toMatchObject({ status: 403 });
  expect(JSON.parse(answer.text)).toEqual({ detail: "event submission rejected with_reason: ProjectId" });
  expect(await envelope([{}])).toMatchObject({ status: 403 });
  expect(await tested.call("sentry/api/x/cron/nightly/key/?status=ok")).toMatchObject({ status: 403 });
});

test("check-ins come in envelopes, and what else is in them is counted and left", async () => {
  const checkIn = (status: string, more: object = {}) => ({
    check_in_id: id,
    monitor_slug: "nightly",
    status,
    release: "1.2.3",
    ...more,
  });
  const key = tested.machine.token;
  const event = '{"message":"one\\ntwo"}';
  expect(
    await envelope(
      [
        { event_id: id, sent_at: "2026-11-23T03:00:00Z" },
        { type: "event", length: event.length },
        event,
        { type: "check_in" },
        checkIn("in_progress"),
        { type: "session" },
        {},
      ],
      { "x-sentry-auth": `Sentry sentry_version=7, sentry_client=x/1, sentry_key=${key}` },
    ),
  ).toMatchObject({ status: 200, text: JSON.stringify({ id }) });
  tested.at(12);
  const dsn = `http://${key}@127.0.0.1/checkin/sentry/42`;
  expect(await envelope([{ dsn }, { type: "check_in" }, checkIn("ok", { duration: 99 })])).toMatchObject({
    status: 200,
    text: "{}",
  });
  const query = `?sentry_key=${key}&sentry_version=7`;
  expect(await envelope([{}, { type: "transaction" }, {}], {}, query)).toMatchObject({ status: 200 });
  expect(await tested.runs()).toEqual(["nightly ok 0 12"]);
  expect((await tested.executions())[0]!.attributes).toEqual({ checkin: "sentry", release: "1.2.3" });
  const { body } = await tested.app.inject({ url: "/metrics" });
  expect(body).toContain('culprit_checkins_total{vendor="sentry",result="ignored"} 3');
});

test("envelopes may be compressed; damaged and endless ones are refused", async () => {
  const headers = { "x-sentry-auth": `Sentry sentry_key=${tested.machine.token}` };
  const body = gzipSync('{}\n{"type":"check_in"}\n{"monitor_slug":"zipped","status":"ok"}\n');
  const zipped = { body, headers: { ...headers, "content-encoding": "gzip" } };
  expect(await tested.call("sentry/api/42/envelope/", zipped)).toMatchObject({ status: 200 });
  expect(await tested.runs()).toEqual(["zipped ok 0 ?"]);
  const many = Array.from({ length: 101 }, () => [{ type: "session" }, {}]).flat();
  for (const lines of [
    [""],
    ["{"],
    [{}, "nonsense"],
    [{}, { type: "check_in", length: 100 }, "short"],
    [{}, { type: "check_in", length: -1 }, ""],
    [{}, { type: "check_in" }, { status: "ok" }],
    [{}, ...many],
  ])
    expect(await envelope(lines, headers)).toMatchObject({ status: 400 });
  expect(await tested.runs()).toHaveLength(1);
});
