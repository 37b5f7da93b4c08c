import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;
const tell = (query: string, key = tested.machine.token, prefix = "p") =>
  tested.call(`cronitor/${prefix}/${key}/nightly-job${query}`);

beforeAll(async () => {
  hub = await checkinsHub();
});
beforeEach(async () => {
  tested = await hub.next();
});
afterAll(() => hub.close());

test("run and complete make a run of a monitor that is made at its first event", async () => {
  expect(await tell("?state=run&env=production")).toMatchObject({ status: 200, text: "OK" });
  tested.at(42);
  await tell(
    "?state=complete&env=production&msg=Processed%201423%20records&metric=count:1423&metric=error_count:3",
  );
  expect(await tested.runs()).toEqual(["nightly-job ok 0 42"]);
  const [run] = await tested.executions();
  expect(run!.attributes).toEqual({
    checkin: "cronitor",
    environment: "production",
    count: 1423,
    error_count: 3,
  });
  expect(await tested.output(run!.id)).toBe("Processed 1423 records");
});

test("a monitor key that can't be a name is refused before the store is asked", async () => {
  const { token } = tested.machine;
  expect(await tested.call(`cronitor/p/${token}/a%00b?state=run`)).toMatchObject({ status: 400 });
  expect(await tested.call(`cronitor/p/${token}/${"a".repeat(101)}`)).toMatchObject({ status: 400 });
  expect(await tested.call(`healthchecks/ping/${token}/a%00b`)).toMatchObject({ status: 404 });
  expect(await tested.checkins()).toEqual([]);
});

test("events of one series belong together, whatever order they come in", async () => {
  await tell("?state=run&series=a");
  tested.at(10);
  await tell("?state=run&series=b%20with%20spaces");
  tested.at(20);
  await tell("?state=fail&series=a&status_code=2&message=Connection+refused");
  tested.at(35);
  await tell("?state=complete&series=b%20with%20spaces");
  expect(await tested.runs()).toEqual(["nightly-job failed 0 20 exit 2", "nightly-job ok 10 25"]);
});

test("a series that is used again after a minute is another run, also after one that never ended", async () => {
  const hour = 3600;
  for (const [at, state] of [
    [0, "run"],
    [10, "complete"],
    [20, "complete"],
    [hour, "run"],
    [hour + 30, "run"],
    [hour + 40, "fail"],
    [2 * hour, "complete"],
    [2 * hour + 1, "complete"],
    [3 * hour, "run"],
    [4 * hour, "run"],
    [4 * hour + 5, "complete"],
  ] as const) {
    tested.at(at);
    expect(await tell(`?state=${state}&series=always-the-same`)).toMatchObject({ status: 200 });
  }
  expect(await tested.runs()).toEqual([
    "nightly-job ok 0 10",
    `nightly-job failed ${hour} 40`,
    `nightly-job ok ${2 * hour} ?`,
    `nightly-job running ${3 * hour} ?`,
    `nightly-job ok ${4 * hour} 5`,
  ]);
});

test("the request of Cronitor's command line is understood: stamp, duration, host", async () => {
  tested.at(60);
  const begin = Date.UTC(2026, 10, 23, 3) / 1000;
  const line = `&try=1&host=some-host&series=${begin}.250000`;
  await tell(`?state=run${line}&stamp=${begin + 0.25}`, tested.machine.token, "ping");
  await tell(
    `?state=complete${line}&stamp=${begin + 5.75}&duration=5.500&status_code=0`,
    tested.machine.token,
    "ping",
  );
  expect(await tested.runs()).toEqual(["nightly-job ok 0.25 5.5 exit 0"]);
  expect((await tested.executions())[0]!.attributes).toMatchObject({ host: "some-host" });
});

test("an end without a start is as long as the client says, else of unknown length", async () => {
  tested.at(100);
  await tell("?state=complete&duration=30.5");
  await tell("?state=complete&metric=duration:45");
  await tell("?state=complete");
  await tell("");
  await tell("?state=tick");
  expect(await tested.runs()).toEqual([
    "nightly-job ok 55 45",
    "nightly-job ok 69.5 30.5",
    ...Array.from({ length: 3 }, () => "nightly-job ok 100 ?"),
  ]);
});

test("a clock that is far off is not believed, and the run says so", async () => {
  await tell(`?state=complete&stamp=${Date.UTC(2026, 10, 20) / 1000}`);
  expect(await tested.runs()).toEqual(["nightly-job ok 0 ?"]);
  expect((await tested.executions())[0]!.flags).toEqual(["clock-skew", "duration-unknown"]);
});

test("ok takes an alert back and is no run; another state, and nonsense, is refused or left out", async () => {
  expect(await tell("?state=ok")).toMatchObject({ status: 200 });
  expect(await tell("?state=unheard")).toMatchObject({ status: 400 });
  expect(await tested.runs()).toEqual([]);
  await tell("?state=fail&status_code=99999&duration=-1&metric=count:x&metric=nonsense&stamp=soon");
  expect(await tested.runs()).toEqual(["nightly-job failed 0 ?"]);
});

test("the longest of everything has room in the run's attributes", async () => {
  const long = encodeURIComponent("\u0001é".repeat(200));
  const metrics = (kind: string) =>
    Array.from(
      { length: 40 },
      (_, i) => `&metric=error_count:${kind}-${"x".repeat(24)}${i}:123456789012345.123456789`,
    );
  const line = `&env=${long}&host=${long}&series=${long}&msg=${long}`;
  await tell(`?state=run${line}${metrics("a").join("")}`);
  tested.at(1);
  expect(await tell(`?state=complete${line}${metrics("b").join("")}`)).toMatchObject({ status: 200 });
  expect(await tested.runs()).toEqual(["nightly-job ok 0 1"]);
  expect((await tested.executions())[0]!.attributes!["host"]).toMatch(/^(\?é){50}$/);
});

test("a person's token needs the host to be a machine", async () => {
  const { token } = await tested.hub.access.issue({ kind: "user", name: "ops", role: "operator" });
  const without = await tested.call(`cronitor/p/${token}/on-no-machine?state=run`);
  expect(without).toMatchObject({ status: 400 });
  expect(await tell("?state=run&host=nowhere", token)).toMatchObject({
    status: 400,
    text: "there is no machine named as the host nowhere",
  });
  expect(await tell(`?state=run&host=${tested.name.toUpperCase()}`, token)).toMatchObject({ status: 200 });
  expect(await tested.runs()).toEqual(["nightly-job running 0 ?"]);
});

test("keys that may not record, and addresses that are none, are not found", async () => {
  const { token } = await tested.hub.access.issue({ kind: "user", name: "eyes", role: "viewer" });
  expect(await tell("?state=run", token)).toMatchObject({ status: 404 });
  for (const path of ["p/x", "p", "", `q/${tested.machine.token}/job`, `p/${tested.machine.token}/job/more`])
    expect(await tested.call(`cronitor/${path}`)).toMatchObject({ status: 404 });
  const newline = await tested.call(`cronitor/p/${tested.machine.token}/two%0Alines`);
  expect(newline).toMatchObject({ status: 400 });
  expect(await tested.runs()).toEqual([]);
});
