import { Writable } from "node:stream";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkinCreated, HubClient, machineCreated, sessionCreated } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startHub } from "../main.ts";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

const unknown = "07c2f548-9850-4b27-af5d-6c9dc157ec02";
let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;

beforeAll(async () => {
  hub = await checkinsHub({ checkins: { perMinute: 5, perMachine: 3 } });
});
beforeEach(async () => {
  tested = await hub.next();
});
afterAll(() => hub.close());

test("a check-in is made for a machine and a process, and its token and addresses are shown once", async () => {
  const { checkin, token, addresses } = await tested.make({ process: "Nightly Backup (db)" });
  expect(checkin).toMatchObject({ machine: tested.name, slug: "nightly-backup-db", ownToken: true });
  expect(addresses.map(({ client }) => client)).toEqual([
    "healthchecks",
    "cronitor",
    "sentry",
    "sentry-dsn",
    "snitch",
  ]);
  expect(JSON.stringify((await tested.ask("GET", "/checkins")).body)).not.toContain(token.slice(0, 8));
  const stored = await tested.hub.store.checkins.list();
  expect(JSON.stringify(stored)).not.toContain(token.slice(0, 8));
});

test("each address works as it is shown", async () => {
  const { addresses } = await tested.make();
  const answers: unknown[] = [];
  for (const { client, address } of addresses) {
    const { pathname, username } = new URL(address);
    const path =
      client === "sentry"
        ? `${pathname}?status=ok`
        : client === "sentry-dsn"
          ? `${pathname.replace(/\/1$/, "/api/1")}/cron/backup/${username}/?status=ok`
          : pathname;
    answers.push([client, (await tested.app.inject({ url: path })).statusCode]);
  }
  expect(answers).toEqual([
    ["healthchecks", 200],
    ["cronitor", 200],
    ["sentry", 202],
    ["sentry-dsn", 202],
    ["snitch", 202],
  ]);
  expect(await tested.runs()).toEqual(Array(5).fill("backup ok 0 ?"));
});

test("a token that scripts have already is taken, whatever its form, and once", async () => {
  const { addresses } = await tested.make({ token: "2ba60a51-2dc3-4a4c-8d3e-000000000001" });
  expect(addresses[0]!.address).toMatch(/\/ping\/2ba60a51-2dc3-4a4c-8d3e-000000000001$/);
  const short = await tested.make({ process: "short", token: "short-token" });
  expect(short.addresses[0]!.address).toMatch(/\/ping\/short-token\/short$/);
  expect(short.addresses.map(({ client }) => client)).not.toContain("sentry-dsn");
  expect(await tested.call("healthchecks/ping/short-token/short")).toMatchObject({ status: 200 });
  expect(await tested.call("healthchecks/ping/short-token/backup")).toMatchObject({ status: 404 });
  for (const [body, status] of [
    [{ process: "again", token: "2BA60A512DC34A4C8D3E000000000001" }, 409],
    [{ process: "backup" }, 409],
    [{ process: "guessed", token: "123456789" }, 400],
    [{ process: "x", slug: "a/b" }, 400],
    [{ process: "x", machine: "nowhere" }, 404],
    [{ process: "x", unknown: 1 }, 400],
  ] as const)
    expect(await tested.ask("POST", "/checkins", { body: { machine: tested.name, ...body } })).toMatchObject({
      status,
    });
});

test("a removed check-in's token is unknown; its runs stay", async () => {
  const { checkin, token } = await tested.make();
  await tested.call(`snitch/${token}`);
  expect(await tested.ask("DELETE", `/checkins/${checkin.id}`)).toMatchObject({ status: 204 });
  expect(await tested.ask("DELETE", `/checkins/${checkin.id}`)).toMatchObject({ status: 404 });
  expect(await tested.call(`snitch/${token}`)).toMatchObject({ status: 404 });
  expect(await tested.runs()).toEqual(["backup ok 0 ?"]);
});

test("one check-in is called so often a minute and no more, others as before", async () => {
  const { token } = await tested.make();
  const other = await tested.make({ process: "other" });
  for (let i = 0; i < 5; i++) expect(await tested.call(`snitch/${token}`)).toMatchObject({ status: 202 });
  const limited = await tested.call(`healthchecks/ping/${token}`);
  expect(limited).toMatchObject({ status: 429, text: "rate limited", headers: { "retry-after": "60" } });
  expect(await tested.call(`snitch/${other.token}`)).toMatchObject({ status: 202 });
  tested.at(60);
  expect(await tested.call(`snitch/${token}`)).toMatchObject({ status: 202 });
  expect(await tested.runs()).toHaveLength(7);
});

test("a machine has so many check-ins and no more, and hears why", async () => {
  const tell = (name: string) => tested.call(`cronitor/p/${tested.machine.token}/${name}`);
  for (const name of ["a", "b", "c"]) expect(await tell(name)).toMatchObject({ status: 200 });
  expect(await tell("d")).toMatchObject({ status: 422, text: "this machine has 3 check-ins already" });
  expect(await tell("a")).toMatchObject({ status: 200 });
  expect(
    await tested.ask("POST", "/checkins", { body: { machine: tested.name, process: "d" } }),
  ).toMatchObject({
    status: 422,
  });
});

test("guesses are counted by address; who has a token goes on", async () => {
  const { token } = await tested.make();
  await tested.call(`snitch/${token}`);
  for (let i = 0; i < 60; i++)
    expect((await tested.call(`healthchecks/ping/${unknown}`)).status).toBeLessThanOrEqual(429);
  expect(await tested.call(`snitch/${unknown}`)).toMatchObject({ status: 429 });
  expect(await tested.call(`cronitor/p/${unknown}/x`)).toMatchObject({ status: 429 });
  expect(await tested.call(`snitch/${token}`)).toMatchObject({ status: 202 });
  tested.at(61);
  expect(await tested.call(`snitch/${unknown}`)).toMatchObject({ status: 404 });
});

test("what was heard last is written now and then, and is there for another hub", async () => {
  const { token, checkin } = await tested.make();
  await tested.call(`healthchecks/ping/${token}/fail`);
  expect(await tested.checkins()).toMatchObject([
    { lastSignal: "failed", lastAt: "2026-11-23T03:00:00.000000Z" },
  ]);
  await tested.hub.checkIns.flush();
  const rows = await tested.hub.store.checkins.list();
  expect(rows.find(({ checkinId }) => checkin.id === `k_${checkinId}`)).toMatchObject({
    lastSignal: "failed",
  });
  expect(await tested.checkins()).toMatchObject([{ lastSignal: "failed" }]);
});

test("switched off there is nothing at these addresses", async () => {
  const off = await checkinsHub({ checkins: { enabled: false } });
  const machine = await off.next();
  expect(await machine.call(`cronitor/p/${machine.machine.token}/x`)).toMatchObject({ status: 404 });
  expect(await machine.runs()).toEqual([]);
  await off.close();
});

test("no key that came in an address stands in the log, whatever became of the request", async () => {
  let text = "";
  const folder = await mkdtemp(join(tmpdir(), "culprit-checkins-"));
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const running = await startHub(
    { dataDir: folder, listen: "127.0.0.1:0", logLevel: "trace", adminPassword: "correct horse" },
    { log },
  );
  try {
    const client = (token?: string) => new HubClient({ hub: running.address, ...(token ? { token } : {}) });
    const admin = { user: "admin", password: "correct horse" };
    const session = await client().post("/session", sessionCreated, admin);
    const machine = await client(session.token).post("/machines", machineCreated, { name: "web-1" });
    const wish = { machine: "web-1", process: "backup" };
    const made = await client(session.token).post("/checkins", checkinCreated, wish);
    const secrets = [made.token, machine.token, "my-secret-ping-key"];
    for (const secret of secrets)
      for (const path of [
        `healthchecks/ping/${secret}/start`,
        `healthchecks/ping/${secret}/x/y/z`,
        `healthchecks/ping/${secret}/%`,
        `cronitor/p/${secret}/job?state=nonsense`,
        `sentry/api/1/envelope/?sentry_key=${secret}`,
        `snitch/${secret}`,
      ])
        for (const method of ["GET", "POST", "PUT"])
          await (await fetch(`${running.address}/checkin/${path}`, { method })).arrayBuffer();
    expect(text).toContain("the hub listens");
    for (const secret of secrets) expect(text).not.toContain(secret.slice(-12));
  } finally {
    await running.stop();
    await rm(folder, { recursive: true });
  }
});
