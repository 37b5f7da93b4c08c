/** Enrolment tokens as an operator handles them, and what people say of the machines that came with them. */
import {
  identityHeader,
  writeAgentIdentity,
  type AuditEntry,
  type EnrollmentToken,
  type EnrollmentTokenCreated,
  type Installer,
  type Machine,
  type MachineCreated,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import {
  executionBatch,
  machineUnderTest,
  members,
  oneRun,
  sampleBatch,
} from "../test/machine-under-test.ts";

let tested: HubUnderTest;
beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterAll(() => tested.close());

const make = async (body: object = {}) =>
  (await tested.ask("POST", "/enrollment-tokens", { body })).body as EnrollmentTokenCreated;
const listed = async () =>
  ((await tested.ask("GET", "/enrollment-tokens")).body as { items: EnrollmentToken[] }).items;
const found = async (id: string) => (await listed()).find((token) => token.id === id);

async function enroll(token: string, body: object) {
  const answer = await tested.app.inject({
    method: "POST",
    url: "/api/v1/enrollments",
    headers: { authorization: `Bearer ${token}` },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json<MachineCreated>() };
}

test("a token is told once; then its uses, who made it and the machines that came with it are", async () => {
  const { id, token } = await make({ name: "rack 4", uses: 2 });
  expect(await found(id)).toEqual({
    id,
    name: "rack 4",
    state: "valid",
    uses: 2,
    usesLeft: 2,
    createdBy: "tester",
    createdAt: "2026-11-23T03:00:00.000000Z",
    expiresAt: "2026-11-24T03:00:00.000000Z",
    machines: [],
  });
  const db = (await enroll(token, { name: "db-1", labels: { role: "db" }, group: "shop" })).body;
  expect(await found(id)).toMatchObject({
    usesLeft: 1,
    lastUsedAt: "2026-11-23T03:00:00.000000Z",
    machines: [{ id: db.id, name: "db-1" }],
  });
  expect((await tested.ask("GET", "/machines/db-1")).body).toMatchObject({
    labels: { role: "db" },
    group: "shop",
  });
  await enroll(token, { name: "db-2" });
  expect(await found(id)).toMatchObject({ state: "used-up", machines: [{ name: "db-2" }, { name: "db-1" }] });
  const told = JSON.stringify([await listed(), (await tested.ask("GET", "/audit")).body]);
  expect(told).not.toContain(token.slice(10));
});

test("a revoked token enrols nobody, its machine stays, and revoking it again does no harm", async () => {
  const { id, token } = await make({ uses: 5 });
  await enroll(token, { name: "mail-1" });
  for (const _ of [1, 2]) expect((await tested.ask("DELETE", `/enrollment-tokens/${id}`)).status).toBe(204);
  expect((await enroll(token, { name: "mail-2" })).status).toBe(401);
  expect((await tested.ask("GET", "/machines/mail-1")).status).toBe(200);
  expect(await found(id)).toBeUndefined();
  const { items } = (await tested.ask("GET", "/audit")).body as { items: AuditEntry[] };
  expect(
    items.filter(({ what, target }) => what === "enrollment-token.revoke" && target === id),
  ).toHaveLength(1);
});

test("another kind of token is no enrolment token: it is neither listed nor revoked here", async () => {
  const key = (await tested.ask("POST", "/tokens", { body: { name: "script", role: "viewer" } })).body as {
    id: string;
    token: string;
  };
  expect(await found(key.id)).toBeUndefined();
  expect((await tested.ask("DELETE", `/enrollment-tokens/${key.id}`)).status).toBe(204);
  expect((await tested.ask("DELETE", "/enrollment-tokens/all")).status).toBe(404);
  const headers = { authorization: `Bearer ${key.token}` };
  const asViewer = (method: "GET" | "POST", url: string) =>
    tested.app.inject({ method, url: `/api/v1${url}`, headers });
  expect((await asViewer("GET", "/session")).statusCode).toBe(200);
  expect((await asViewer("GET", "/enrollment-tokens")).statusCode).toBe(403);
});

test("what a machine says of itself when it enrols is as bounded as what people say of it", async () => {
  const { token } = await make({ uses: 9 });
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`l${at}`, ""]));
  for (const [at, said] of [
    { labels: many },
    { labels: { "<script>": "x" } },
    { labels: { role: "a\u001b[2J" } },
    { labels: { ["r".repeat(64)]: "x" } },
    { labels: { role: "x".repeat(64) } },
    { labels: ["role"] },
    { group: "line\nbreak" },
    { group: "" },
  ].entries()) {
    expect([at, (await enroll(token, { name: `bad-${at}`, ...said })).status]).toEqual([at, 400]);
    expect([at, (await tested.ask("PATCH", "/machines/db-1", { body: said })).status]).toEqual([at, 400]);
  }
  expect((await tested.ask("GET", "/machines/db-1")).body).toMatchObject({ labels: { role: "db" } });
});

test("labels, group and name are changed by a person and told as they are, also with markup in them", async () => {
  const change = { name: "<b>db</b>", labels: { role: "<i>db</i>", spare: "" }, group: '"shop" & co' };
  expect((await tested.ask("PATCH", "/machines/db-1", { body: change })).body).toMatchObject(change);
  const { body } = await tested.ask("PATCH", "/machines/%3Cb%3Edb%3C%2Fb%3E", {
    body: { name: "db-1", labels: {}, group: null },
  });
  expect(body).toMatchObject({ name: "db-1", labels: {} });
  expect(body).not.toHaveProperty("group");
});

test("a person's word on the time zone counts before the agent's, until it is taken back", async () => {
  const web = await machineUnderTest(tested, "web-1");
  await web.upload(sampleBatch(1, { computer: { ...computer, timeZone: "Europe/Berlin" } }));
  await tested.hub.fleet.refresh();
  const zone = async (timeZone?: string | null) =>
    (await tested.ask("PATCH", "/machines/web-1", { body: { timeZone } })).body as Machine;
  expect(await zone()).toMatchObject({ timeZone: "Europe/Berlin", timeZoneSet: false });
  expect(await zone("Asia/Tokyo")).toMatchObject({ timeZone: "Asia/Tokyo", timeZoneSet: true });
  const expected = await tested.ask("PUT", "/expectations", {
    body: { process: "backup", machine: "web-1", cron: "0 3 * * *" },
  });
  expect(expected.body).toMatchObject({ timeZone: "Asia/Tokyo" });
  const availability = await tested.ask("GET", "/machines/web-1/availability");
  expect(availability.body).toMatchObject({ timeZone: "Asia/Tokyo" });
  expect(await zone(null)).toMatchObject({ timeZone: "Europe/Berlin", timeZoneSet: false });
  expect((await tested.ask("PATCH", "/machines/web-1", { body: { timeZone: "Mars/Olympus" } })).status).toBe(
    400,
  );
});

test("who adds a machine is told what this hub gives, and under which address", async () => {
  const answer = await tested.ask("GET", "/installer", { headers: { host: "hub.example:4777" } });
  expect(answer.body).toMatchObject({
    hub: "http://hub.example:4777",
    files: [],
  } satisfies Partial<Installer>);
  expect((await tested.ask("GET", "/installer", { headers: { host: "$(id)" } })).status).toBe(400);
});

const computer = {
  hostName: "web-1",
  os: "Linux",
  kernel: "6.1",
  architecture: "x86_64",
  bootId: "b",
  bootedAt: 1,
  cpuCores: 2,
  cpuModel: "any",
  cpuMegahertz: null,
  memoryBytes: 1,
  swapBytes: 0,
  partitions: [],
  agentVersion: "0.1.0",
  addresses: ["10.0.0.7"],
  capabilities: [],
};

test("a machine that was installed again goes on as the one that it was, and what it had before has ended", async () => {
  const before = await machineUnderTest(tested, "shop-1");
  const agent = (digit: string) => ({
    [identityHeader]: writeAgentIdentity({
      instance: digit.repeat(32),
      machineId: digit.repeat(32),
      productUuid: digit.repeat(32),
      bootId: digit,
    }),
  });
  await tested.ask("PATCH", "/machines/shop-1", { body: { labels: { role: "shop" }, group: "shops" } });
  await before.uploadBytes(members(executionBatch(1, [oneRun("before")])), "gzip", agent("1"));
  expect((await enroll((await make()).token, { name: "shop-1" })).status).toBe(409);
  const { id, token, ...made } = await make({ machine: "shop-1" });
  expect(made).toMatchObject({ uses: 1, machine: "shop-1" });
  const again = await enroll(token, { name: "localhost", labels: { role: "none" }, group: "none" });
  expect(again.body).toMatchObject({ id: before.id, name: "shop-1" });
  // On other hardware, at once, and with streams of its own.
  const headers = { authorization: `Bearer ${again.body.token}`, ...agent("2") };
  const batch = executionBatch(1, [oneRun("after")], { stream: "exec-00000002" });
  expect((await before.uploadBytes(members(batch), "gzip", headers)).status).toBe(200);
  expect((await before.uploadBytes(members(batch), "gzip", agent("1"))).status).toBe(401);
  const machine = (await tested.ask("GET", "/machines/shop-1")).body as Machine;
  expect(machine).toMatchObject({ id: before.id, labels: { role: "shop" }, group: "shops" });
  expect(machine).not.toHaveProperty("conditions");
  const runs = (await tested.ask("GET", "/executions?machine=shop-1&from=2026-11-23T00:00:00Z")).body as {
    items: { id: string }[];
  };
  expect(runs.items.map((run) => run.id).toSorted()).toEqual(["after", "before"]);
  expect(await found(id)).toMatchObject({
    state: "used-up",
    machine: { id: before.id, name: "shop-1" },
    machines: [{ name: "shop-1" }],
  });
  expect((await enroll(token, { name: "shop-1" })).status).toBe(401);
  const { items } = (await tested.ask("GET", "/audit")).body as { items: AuditEntry[] };
  expect(items.find(({ what }) => what === "machine.reinstall")).toMatchObject({
    who: `enrollment ${id}`,
    machine: "shop-1",
    detail: expect.stringContaining("ordered by tester"),
  });
});

test("a token to go on as a machine is for one that is there, once, and ends with it", async () => {
  expect((await tested.ask("POST", "/enrollment-tokens", { body: { machine: "shop-9" } })).status).toBe(404);
  const twice = { machine: "shop-1", uses: 2 };
  expect((await tested.ask("POST", "/enrollment-tokens", { body: twice })).status).toBe(400);
  const { token } = await make({ machine: "shop-1" });
  await tested.ask("DELETE", "/machines/shop-1");
  expect((await enroll(token, { name: "shop-1" })).status).toBe(401);
});
