/** Logs followed as servers and logrotate treat them, with a real spool; the agent is stopped and killed meanwhile. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SeriesDescription } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import type { AccessLogSettings } from "../settings.ts";
import type { Spool } from "../spool/spool.ts";
import { batchesIn, executionsIn, openTestSpool, sumIn } from "../testing/spool-under-test.ts";
import { WebRequests } from "../web-requests/web-requests.ts";
import { LogFollower } from "./log-follower.ts";

let base: string;
let path: string;
let clock: ManualClock;
let spool: Spool;
let webRequests: WebRequests;
let follower: LogFollower;
let warnings: string[];
let settings: AccessLogSettings;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "culprit-access-log-"));
  path = join(base, "access.log");
  clock = new ManualClock(Date.UTC(2026, 10, 27) * 1000);
  warnings = [];
  settings = { path };
  await start();
});

afterEach(async () => {
  follower.close();
  await spool.close();
  rmSync(base, { recursive: true, force: true });
});

async function start(): Promise<void> {
  spool = await openTestSpool(base, clock);
  const log = { info: () => {}, warn: (text: string) => void warnings.push(text), error: () => {} };
  webRequests = await WebRequests.open({ dataDir: base, spool, clock, log });
  follower = new LogFollower({ settings, webRequests, spool, clock, log });
}

/** As `kill -9` and a start: nothing is told or saved on the way. */
async function killAndStart(): Promise<void> {
  follower.close();
  await spool.close();
  await start();
}

let number = 0;
/** One a second, so that the gate lets all of them through. */
function line(target = "/orders/1", status = 200, seconds = "0.100"): string {
  const at = new Date(Date.UTC(2026, 10, 27) + ++number * 1000).toISOString();
  const time = `27/Nov/2026:${at.slice(11, 19)} +0000`;
  return `192.0.2.7 - - [${time}] "GET ${target} HTTP/1.1" ${status} 5 "-" "test" ${seconds}\n`;
}
const lines = (count: number) => Array.from({ length: count }, () => line()).join("");
const write = (text: string) => appendFileSync(path, text);

async function lookAll(): Promise<void> {
  while (await follower.look());
}

/** Requests in all histograms that were told. */
async function counted(matches?: (attributes: SeriesDescription["attributes"]) => boolean): Promise<number> {
  await webRequests.tell();
  return sumIn(spool, "http.server.request.duration", matches);
}

async function tally(): Promise<{ recorded: number; different: number; counted: number }> {
  const ids = (await executionsIn(spool)).map(({ id }) => id);
  return { recorded: ids.length, different: new Set(ids).size, counted: await counted() };
}

const each = (count: number) => ({ recorded: count, different: count, counted: count });

test("a request is recorded with its route, its times and its status, and its secrets are not", async () => {
  await lookAll();
  write(line("/orders/123?password=secret", 502, "0.250"));
  await lookAll();
  const [run] = await executionsIn(spool);
  const end = Date.UTC(2026, 10, 27) + number * 1000;
  expect(run).toEqual({
    id: expect.stringMatching(/^[\w-]{8}-[\w-]{16}-0$/),
    kind: "web",
    process: "GET /orders/{}",
    startedAt: expect.stringContaining(new Date(end - 250).toISOString().slice(0, 23)),
    endedAt: expect.stringContaining(new Date(end).toISOString().slice(0, 19)),
    outcome: "failed",
    attributes: { "http.response.status_code": 502, "time.grain_seconds": 1 },
  });
  expect(JSON.stringify(await batchesIn(spool))).not.toContain("secret");
});

test("what was in a log before it was first seen is the past", async () => {
  write(lines(5));
  await lookAll();
  write(lines(2));
  await lookAll();
  expect(await tally()).toEqual(each(2));
});

test("logs that begin with the same line, as those of two sites that a probe asks, are told apart", async () => {
  const other = new LogFollower({
    settings: { path: join(base, "other.log") },
    webRequests,
    spool,
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await lookAll();
  await other.look();
  const text = line();
  write(text);
  appendFileSync(join(base, "other.log"), text);
  await lookAll();
  while (await other.look());
  other.close();
  expect(await tally()).toEqual(each(2));
});

test("a line counts when it is whole", async () => {
  await lookAll();
  const text = line();
  write(text.slice(0, 40));
  await lookAll();
  expect(await executionsIn(spool)).toEqual([]);
  write(text.slice(40));
  await lookAll();
  expect(await tally()).toEqual(each(1));
});

test("a log that is renamed and made anew is followed, also what is still written to the old one", async () => {
  await lookAll();
  write(lines(3));
  await lookAll();
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, lines(2));
  await lookAll();
  writeFileSync(path, lines(4));
  await lookAll();
  appendFileSync(`${path}.1`, lines(1));
  await lookAll();
  execFileSync("gzip", [`${path}.1`]);
  write(lines(1));
  await lookAll();
  expect(await tally()).toEqual(each(11));
});

test("a log that is copied and emptied is followed, with what was written right before", async () => {
  await lookAll();
  write(lines(3));
  await lookAll();
  write(lines(2));
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  await lookAll();
  write(lines(4));
  await lookAll();
  expect(await tally()).toEqual(each(9));
});

test.each([
  ["renamed", () => renameSync(path, `${path}.1`)],
  [
    "copied and emptied",
    () => {
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    },
  ],
])("a log that was %s twice while no agent ran is read on where it was", async (_how, rotate) => {
  await lookAll();
  write(lines(3));
  await lookAll();
  await webRequests.tell();
  follower.close();
  await spool.close();
  write(lines(2));
  rotate();
  write(lines(4));
  renameSync(`${path}.1`, `${path}.2`);
  rotate();
  write(lines(1));
  await start();
  await lookAll();
  expect(await tally()).toEqual(each(10));
});

test("an agent that is killed at any point records and counts each request once", async () => {
  await lookAll();
  for (let round = 0; round < 12; round++) {
    write(lines(3));
    if (round % 4 !== 1) await lookAll();
    if (round % 3 === 1) await webRequests.save();
    if (round % 3 === 2) await webRequests.tell();
    if (round === 6) {
      renameSync(path, `${path}.${round}`);
      write(lines(1));
    }
    await killAndStart();
  }
  await lookAll();
  expect(await tally()).toEqual(each(37));
});

test("counts that are in the spool already are not told again", async () => {
  await lookAll();
  write(lines(3));
  await lookAll();
  await webRequests.save();
  const state = join(base, "web-requests.json");
  copyFileSync(state, `${state}.before`);
  await webRequests.tell();
  // The state as it was between the spool's fsync and its own: counts are still in it.
  copyFileSync(`${state}.before`, state);
  await killAndStart();
  await lookAll();
  expect(await tally()).toEqual(each(3));
});

test("a link, a pipe and a folder are refused, and what comes in their place is followed", async () => {
  writeFileSync(join(base, "elsewhere"), lines(2));
  symlinkSync(join(base, "elsewhere"), path);
  await lookAll();
  rmSync(path);
  execFileSync("mkfifo", [path]);
  await lookAll();
  expect(warnings).toEqual([
    expect.stringContaining("a symbolic link"),
    expect.stringContaining("no regular file"),
  ]);
  expect(await executionsIn(spool)).toEqual([]);
});

test("lines that can't be read are counted and do no harm", async () => {
  await lookAll();
  write(line());
  await lookAll();
  write(`${"x".repeat(700_000)}\nrubbish\n\u0000\u00ff\n${line().replace("/orders/1", "/\u00c3\u0028")}`);
  write(line());
  await lookAll();
  expect((await executionsIn(spool)).map(({ process }) => process)).toEqual([
    "GET /orders/{}",
    "GET /{}",
    "GET /orders/{}",
  ]);
  expect(spool.dropped.get("access-log-line")).toBe(3);
});

test("a log that is mostly rubbish keeps its good lines", async () => {
  await lookAll();
  write(lines(2));
  await lookAll();
  await webRequests.save();
  write(`${"rubbish\n".repeat(500)}${line()}${"rubbish\n".repeat(40)}`);
  await lookAll();
  await killAndStart();
  write(`${"rubbish\n".repeat(500)}${line()}${"rubbish\n".repeat(40)}`);
  await lookAll();
  expect(await tally()).toEqual(each(4));
});

test("without a request time requests are counted and none is made up", async () => {
  await lookAll();
  write(line("/", 200, "").replace(" \n", "\n"));
  await lookAll();
  expect(await executionsIn(spool)).toEqual([]);
  expect(await counted((attributes) => attributes["bucket.upper"] === "unknown")).toBe(1);
});

test("scans for weaknesses are one process, and static files another", async () => {
  await lookAll();
  write(Array.from({ length: 100 }, (_, scan) => line(`/wp-${scan.toString(36)}x/setup.php`, 404)).join(""));
  write(line("/a.css") + line("/b.js") + line("/real/page") + line("/real/page", 404));
  await lookAll();
  expect(new Set((await executionsIn(spool)).map(({ process }) => process))).toEqual(
    new Set(["GET (unknown routes)", "GET (static files)", "GET /real/page"]),
  );
});

test("a format and a site that are given hold", async () => {
  settings = { path, site: "shop", format: '$msec $request_time $status "$request"' };
  await killAndStart();
  await lookAll();
  write('1795750295.250 0.5 200 "POST /orders HTTP/1.1"\n');
  await lookAll();
  expect(await executionsIn(spool)).toMatchObject([
    {
      process: "shop POST /orders",
      startedAt: "2026-11-27T03:31:34.750000Z",
      endedAt: "2026-11-27T03:31:35.250000Z",
    },
  ]);
});
