/** Web requests that come by the intake folder, with a real spool; the agent is killed meanwhile. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Intake } from "../intake/intake.ts";
import { writeIntake, type IntakeRun } from "../intake/write-intake.ts";
import { ManualClock } from "../manual-clock.ts";
import { systemRoots } from "../roots.ts";
import type { Spool } from "../spool/spool.ts";
import { executionsIn, openTestSpool, sumIn } from "../testing/spool-under-test.ts";
import { WebRequests } from "./web-requests.ts";

let base: string;
let folder: string;
let clock: ManualClock;
let spool: Spool;
let webRequests: WebRequests;
let intake: Intake;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "culprit-web-intake-"));
  folder = join(base, "intake");
  mkdirSync(folder);
  clock = new ManualClock(Date.now() * 1000);
  await start();
});

afterEach(async () => {
  await spool.close();
  rmSync(base, { recursive: true, force: true });
});

async function start(): Promise<void> {
  spool = await openTestSpool(base, clock);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  webRequests = await WebRequests.open({ dataDir: base, spool, clock, log });
  const runUsage = { track: () => {}, finish: () => null };
  intake = await Intake.open({
    folder,
    dataDir: base,
    spool,
    webRequests,
    runUsage,
    roots: systemRoots,
    clock,
    log,
  });
}

async function kill(): Promise<void> {
  await spool.close();
  await start();
}

const write = (number: number, change: Partial<IntakeRun> = {}) =>
  writeIntake(folder, {
    id: `request-${number}`,
    kind: "web",
    process: `GET /orders/${number}?secret=1`,
    startedAt: new Date(clock.now() / 1000 - 30).toISOString(),
    endedAt: new Date(clock.now() / 1000).toISOString(),
    attributes: { "http.response.status_code": 200 },
    ...change,
  });

async function counted(): Promise<number> {
  await webRequests.tell();
  return sumIn(spool, "http.server.request.duration");
}

async function takeAll(): Promise<void> {
  while (readdirSync(folder).length > 0) await intake.look();
}

test("past the limit requests are sampled, counted and named by their route; jobs are not", async () => {
  for (let number = 0; number < 300; number++) await write(number);
  await write(300, { outcome: "failed", attributes: { "http.response.status_code": 500 } });
  await write(301, { kind: "job", process: "GET /orders/1" });
  await takeAll();
  const runs = await executionsIn(spool);
  const web = runs.filter(({ kind }) => kind === "web");
  expect(new Set(web.map(({ process }) => process))).toEqual(new Set(["GET /orders/{}"]));
  expect(web.filter(({ outcome }) => outcome === "failed")).toHaveLength(1);
  expect(web.length).toBeLessThan(25);
  const weighed = web.filter(({ flags }) => flags?.includes("sampled"));
  expect(weighed.map(({ attributes }) => attributes!["sample.weight"])).toEqual(
    [1 + 99, 100].slice(0, weighed.length),
  );
  expect(runs.filter(({ kind, process }) => kind === "job" && process === "GET /orders/1")).toHaveLength(1);
  expect(await counted()).toBe(301);
  expect(await sumIn(spool, "culprit.agent.web.requests", ({ result }) => result === "counted-only")).toBe(
    301 - web.length,
  );
});

test("an agent that is killed counts each request once, recorded or not", async () => {
  for (let round = 0; round < 6; round++) {
    for (let number = 0; number < 40; number++) await write(round * 100 + number);
    await intake.look();
    if (round % 3 === 1) await webRequests.tell();
    await kill();
  }
  await takeAll();
  expect(await counted()).toBe(240);
  const ids = (await executionsIn(spool)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what is counted while counts are told counts once if the agent is killed before it has noted that", async () => {
  const request = () =>
    webRequests.count(
      {
        name: webRequests.nameOf("", "GET", "/orders", false),
        statusClass: "2xx",
        failed: false,
        seconds: 0.1,
        endedAt: clock.now(),
      },
      1,
    );
  const state = join(base, "web-requests.json");
  const append = spool.appendSamples.bind(spool);
  spool.appendSamples = async (...told) => {
    await append(...told);
    copyFileSync(state, `${state}.killed`);
  };
  request();
  const telling = webRequests.tell();
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  request();
  await telling;
  copyFileSync(`${state}.killed`, state);
  await kill();
  // The log's position in that state is before this one.
  request();
  expect(await counted()).toBe(2);
});

test("the end of a request that was told as running is always told", async () => {
  const startedAt = new Date(clock.now() / 1000).toISOString();
  await writeIntake(folder, { id: "long", kind: "web", process: "GET /export", startedAt, pid: process.pid });
  await clock.advance(6);
  await intake.look();
  for (let number = 0; number < 100; number++) await write(number);
  await intake.look();
  await writeIntake(folder, {
    id: "long",
    process: "GET /export",
    startedAt,
    endedAt: startedAt,
    kind: "web",
  });
  await takeAll();
  const long = (await executionsIn(spool)).filter(({ id }) => id === "long");
  expect(long.map(({ outcome }) => outcome)).toEqual(["running", "ok"]);
  expect(await counted()).toBe(101);
});
