import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HubClient } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, type Clock } from "../clock.ts";
import { Spool } from "../spool/spool.ts";
import { LossyWay } from "../testing/lossy-way.ts";
import { DeadLetters } from "./dead-letters.ts";
import { hubConnections, type HubConnections } from "./hub-fetch.ts";
import { LedgerHub } from "./ledger-hub.ts";
import { Uplink } from "./uplink.ts";

let folder: string;
let hub: LedgerHub;
let spool: Spool;
let uplink: Uplink;
let connections: HubConnections;
let stopping: AbortController;
let running: Promise<void>;
let log: string[];
let waits: number[];
let setBackMicros: number;

/** Real time, except that waits of a second and more take a hundredth; what was asked for is noted. */
const hurried: Clock = {
  ...systemClock,
  after(seconds, action) {
    if (seconds >= 0.5) waits.push(seconds);
    return systemClock.after(seconds >= 0.5 ? 0.01 : seconds / 10, action);
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-uplink-"));
  hub = new LedgerHub();
  await hub.start();
  stopping = new AbortController();
  connections = hubConnections();
  log = [];
  waits = [];
  setBackMicros = 0;
  running = Promise.resolve();
  spool = await openSpool();
});

afterEach(async () => {
  stopping.abort();
  await running;
  await spool.close();
  connections.close();
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

function openSpool(): Promise<Spool> {
  return Spool.open({
    folder: join(folder, "spool"),
    limits: { maxBytes: 1e8, maxAgeSeconds: 1e6, graceSeconds: 3600, graceBytes: 1e8 },
    now: () => systemClock.now() - setBackMicros,
    random: Math.random,
    onFatal: (error) => {
      throw error;
    },
    onAppend: () => uplink?.wake(),
    warn: (text) => log.push(text),
  });
}

function start(address = hub.address, timeoutSeconds = 5): void {
  uplink = new Uplink({
    client: new HubClient({ hub: address, token: "t", fetch: connections.fetch, timeoutSeconds }),
    spool,
    deadLetters: new DeadLetters(join(folder, "dead")),
    clock: hurried,
    random: () => 0.999,
    log: { info: (text) => log.push(text), warn: (text) => log.push(text), error: (text) => log.push(text) },
  });
  running = uplink.run(stopping.signal);
}

const run = (id: string) => ({ id, outcome: "ok" });
const append = (...ids: string[]) => spool.appendExecutions(ids.map(run), []);
const big = (id: string) => ({ id, outcome: "ok", rest: Math.random().toString(36).repeat(30_000) });
const stored = () => hub.executions.map(({ id }) => id);

test("batches arrive once and in order, also those appended while it runs", async () => {
  await append("a");
  await append("b");
  start();
  await expect.poll(stored).toEqual(["a", "b"]);
  await append("c");
  await expect.poll(stored).toEqual(["a", "b", "c"]);
  await expect.poll(() => spool.hasUnsent).toBe(false);
  expect(hub.requests[0]).toBe("GET /api/v1/intake");
});

test("when the answer is lost the hub's marks are asked for, and nothing is stored twice", async () => {
  hub.losesAnswers = true;
  await append("a");
  start();
  await expect.poll(stored).toEqual(["a"]);
  await expect.poll(() => hub.requests.filter((one) => one.startsWith("GET")).length).toBeGreaterThan(1);
  hub.losesAnswers = false;
  await append("b");
  await expect.poll(stored).toEqual(["a", "b"]);
  expect(hub.uploads).toHaveLength(2);
  expect(log[0]).toContain("data stays in the spool");
});

test.each(["losesToHub", "losesToAgent"] as const)(
  "on a connection that is dead one way (%s) an upload ends in time, leaves no socket, and is stored once",
  async (direction) => {
    const way = await LossyWay.to(hub.port);
    start(way.address, 0.15);
    await append("a");
    await expect.poll(stored).toEqual(["a"]);
    await expect.poll(() => spool.hasUnsent).toBe(false);
    way[direction] = true;
    await append("b");
    await expect.poll(() => log.some((line) => line.includes("data stays in the spool"))).toBe(true);
    // More than one try, and none of them left anything open.
    await expect.poll(() => waits.length).toBeGreaterThan(2);
    expect(way.held).toBeLessThanOrEqual(1);
    way[direction] = false;
    await append("c");
    await expect.poll(() => spool.hasUnsent).toBe(false);
    expect(stored()).toEqual(["a", "b", "c"]);
    await way.close();
  },
);

test("on a way too slow for a large upload smaller ones get through, and then larger ones again", async () => {
  for (let index = 0; index < 12; index++)
    await spool.appendExecutions(
      [{ ...run(`r${index}`), rest: randomBytes(150_000).toString("base64") }],
      [],
    );
  let most = 200_000;
  hub.interferes = (request, _response, body) => request.method === "POST" && body.length > most;
  start(hub.address, 0.2);
  await expect.poll(() => stored().length).toBeGreaterThan(2);
  most = Infinity;
  await expect.poll(() => stored().length).toBe(12);
  expect(hub.uploads[0]).toHaveLength(1);
  expect(Math.max(...hub.uploads.map((upload) => upload.length))).toBeGreaterThan(1);
});

test("a refused batch is set aside with the reason and blocks nothing", async () => {
  hub.refuses = (one) =>
    one.kind === "executions" && JSON.stringify(one.executions).includes("poison") ? "poison" : null;
  await append("a");
  await append("poison");
  await append("b");
  start();
  await expect.poll(stored).toEqual(["a", "b"]);
  await expect.poll(() => spool.hasUnsent).toBe(false);
  const dead = await readdir(join(folder, "dead"));
  expect(dead).toHaveLength(2);
  const reason = dead.find((name) => name.endsWith(".reason.txt"))!;
  expect(await readFile(join(folder, "dead", reason), "utf8")).toContain("poison");
  expect(spool.dropped.get("refused")).toBe(1);
});

test("an upload refused as a whole is sent one by one until the bad batch is found", async () => {
  hub.interferes = (request, response) => {
    const tooLarge = Number(request.headers["content-length"]) > 600;
    if (tooLarge)
      response
        .writeHead(413, { "content-type": "application/problem+json" })
        .end(JSON.stringify({ type: "x", title: "x", status: 413, code: "too-large" }));
    return tooLarge;
  };
  await append("a");
  await append(Array.from({ length: 500 }, () => Math.random().toString(36).slice(2)).join(""));
  await append("b");
  start();
  await expect.poll(stored).toEqual(["a", "b"]);
  expect(await readdir(join(folder, "dead"))).toHaveLength(2);
});

test("a hub set up anew gets what is still here", async () => {
  await append("a");
  start();
  await expect.poll(stored).toEqual(["a"]);
  hub.epoch = "second";
  hub.marks.clear();
  hub.batches.length = 0;
  await append("b");
  await expect.poll(stored).toEqual(["a", "b"]);
});

test("a hub whose mark fell back gets what came after it again", async () => {
  await append("a");
  await append("b");
  start();
  await expect.poll(stored).toEqual(["a", "b"]);
  const [[stream]] = [...hub.marks] as [[string, number]];
  hub.marks.set(stream, 1);
  hub.batches.pop();
  await append("c");
  await expect.poll(stored).toEqual(["a", "b", "c"]);
});

test("Retry-After is honoured and failures wait longer and longer", async () => {
  let failures = 0;
  hub.interferes = (_request, response) => {
    if (failures++ >= 5) return false;
    response.writeHead(503, { "retry-after": failures === 5 ? "30" : "0" }).end("busy");
    return true;
  };
  await append("a");
  start();
  await expect.poll(stored).toEqual(["a"]);
  expect(waits.slice(0, 5).map(Math.round)).toEqual([1, 2, 4, 8, 46]);
});

test("a hub that does not accept the token is asked seldom, and the log says so once", async () => {
  let refusals = 0;
  hub.interferes = (_request, response) => {
    if (refusals++ >= 3) return false;
    response
      .writeHead(401, { "content-type": "application/problem+json" })
      .end(JSON.stringify({ type: "x", title: "x", status: 401, code: "not-signed-in" }));
    return true;
  };
  await append("a");
  start();
  await expect.poll(stored).toEqual(["a"]);
  expect(waits.slice(0, 3).map(Math.round)).toEqual([60, 120, 240]);
  expect(log.filter((line) => line.includes("does not accept"))).toHaveLength(1);
});

test("after an outage live data does not wait for the backlog", async () => {
  setBackMicros = 300_000_000;
  for (let index = 0; index < 10; index++) await spool.appendExecutions([big(`old${index}`)], []);
  setBackMicros = 0;
  let held = true;
  hub.interferes = (request) => request.method === "POST" && held && request.socket.destroy() !== null;
  start();
  const posts = () => hub.requests.filter((one) => one.startsWith("POST")).length;
  await expect.poll(posts).toBeGreaterThan(0);
  await append("live");
  // One may have been put together before that.
  const before = posts();
  await expect.poll(posts).toBeGreaterThan(before + 1);
  held = false;
  await expect.poll(() => stored().length).toBe(11);
  expect(stored().indexOf("live")).toBe(0);
});
