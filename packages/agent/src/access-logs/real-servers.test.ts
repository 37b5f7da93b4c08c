/** What nginx and Apache really write, rotated as logrotate does it. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import type { Spool } from "../spool/spool.ts";
import { executionsIn, openTestSpool, sumIn } from "../testing/spool-under-test.ts";
import { startApache, startNginx, type WebServer } from "../testing/web-servers.ts";
import { WebRequests } from "../web-requests/web-requests.ts";
import { LogFollower } from "./log-follower.ts";

let base: string;
let path: string;
let spool: Spool;
let server: WebServer | null;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "culprit-web-servers-"));
  path = join(base, "access.log");
  spool = await openTestSpool(base, systemClock);
  server = null;
});

afterEach(async () => {
  await server?.stop();
  await spool.close();
  rmSync(base, { recursive: true, force: true });
});

async function follow(format?: string) {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const parts = { spool, clock: systemClock, log };
  const webRequests = await WebRequests.open({ dataDir: base, ...parts });
  const follower = new LogFollower({ settings: { path, format }, webRequests, ...parts });
  const lookAll = async () => {
    while (await follower.look());
  };
  await lookAll();
  return { webRequests, lookAll, close: () => follower.close() };
}

async function ask(path: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server!.port}${path}`);
  await answer.arrayBuffer();
}

const counted = () => sumIn(spool, "http.server.request.duration");
const processes = async () =>
  (await executionsIn(spool)).map(({ process, outcome }) => `${process} ${outcome}`).toSorted();

test("nginx: each request once across rotations with USR1", { timeout: 30_000 }, async () => {
  server = await startNginx(base, {
    http: `log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time';
access_log ${path} timed;`,
    server: `location /orders/ { return 200 "ok"; } location /broken { return 503; }`,
  });
  const { webRequests, lookAll, close } = await follow();
  let asked = 0;
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < 20; number++, asked++) await ask(`/orders/${asked}?token=secret`);
    if (round === 2) break;
    renameSync(path, `${path}.${round}`);
    await ask("/broken");
    process.kill(server.pid, "SIGUSR1");
    asked++;
    await lookAll();
  }
  await expect
    .poll(
      async () => {
        await lookAll();
        await webRequests.tell();
        return counted();
      },
      { timeout: 5000 },
    )
    .toBe(asked);
  close();
  const names = await processes();
  expect(new Set(names)).toEqual(new Set(["GET /orders/{} ok", "GET /broken failed"]));
  expect(names.filter((name) => name === "GET /broken failed")).toHaveLength(2);
  const [first] = await executionsIn(spool);
  expect(Math.abs(Date.parse(first!.endedAt!) - Date.now())).toBeLessThan(30_000);
});

test("nginx: JSON with milliseconds tells start and end to the millisecond", async () => {
  server = await startNginx(base, {
    http: `log_format json escape=json '{"msec":"$msec","request_method":"$request_method","request_uri":"$request_uri","status":"$status","request_time":"$request_time"}';
access_log ${path} json;`,
    server: `location / { limit_rate 2k; root ${base}/root; }`,
  });
  mkdirSync(join(base, "root"));
  writeFileSync(join(base, "root/slow"), "x".repeat(3000));
  const { lookAll, close } = await follow();
  const before = Date.now();
  await ask("/slow");
  const after = Date.now();
  await expect
    .poll(async () => {
      await lookAll();
      return processes();
    })
    .toEqual(["GET /slow ok"]);
  close();
  const [run] = await executionsIn(spool);
  expect(Date.parse(run!.startedAt)).toBeGreaterThanOrEqual(before - 20);
  expect(Date.parse(run!.endedAt!)).toBeLessThanOrEqual(after + 20);
  expect(Date.parse(run!.endedAt!) - Date.parse(run!.startedAt)).toBeGreaterThan(300);
});

test.each([
  ["told by its lines", '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D', undefined],
  ["given as it is configured", '%{%s}t %{usec}t %D %>s \\"%r\\"', '%{%s}t %{usec}t %D %>s \\"%r\\"'],
])("Apache: a LogFormat %s", async (_how, logFormat, format) => {
  mkdirSync(join(base, "apache/root/orders"), { recursive: true });
  writeFileSync(join(base, "apache/root/orders/7"), "ok");
  server = await startApache(
    base,
    `LogFormat "${logFormat}" timed\nCustomLog ${path} timed env=!culprit_ready`,
  );
  const { lookAll, close } = await follow(format);
  const before = Math.floor(Date.now() / 1000) * 1000;
  await ask("/orders/7?token=secret");
  await ask("/wp-login.php");
  await sleep(100);
  await expect
    .poll(async () => {
      await lookAll();
      return processes();
    })
    .toEqual(["GET (unknown routes) ok", "GET /orders/{} ok"]);
  close();
  const [run] = await executionsIn(spool);
  expect(Date.parse(run!.startedAt)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(run!.endedAt!) - Date.parse(run!.startedAt)).toBeLessThan(1000);
});
