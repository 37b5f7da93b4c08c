import { execFile, spawnSync } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseInstant, type Execution, type Problem } from "@culprit/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

const now = "2026-11-23T12:00:00Z";
let tested: HubUnderTest;
let own: Awaited<ReturnType<typeof machineUnderTest>>;
let other: typeof own;

beforeAll(async () => {
  tested = await hubUnderTest(now, { legacy: { enabled: ["savelog"], timeZone: "America/Sao_Paulo" } });
  own = await machineUnderTest(tested, "web-1");
  other = await machineUnderTest(tested, "web-2");
});
afterAll(() => tested.close());
afterEach(() => tested.clock.set(now));

const run = (more: object = {}) => ({
  machine_id: own.machineId,
  machine_pass: own.token,
  process_pai: "Fechamento",
  process_filho: "",
  dhinicio: "2026-11-20 03:00:00.1234",
  dhfim: "2026-11-20 03:10:00.5",
  tipo: "cron",
  ...more,
});

async function post(
  body: object | string,
  { url = "/savelog.php", headers = {} }: { url?: string; headers?: Record<string, string> } = {},
) {
  const answer = await tested.app.inject({
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: answer.statusCode,
    body: answer.json<Problem & { accepted?: number; duplicates?: number }>(),
  };
}

async function named(process: string): Promise<Execution[]> {
  const { status, body } = await tested.ask(
    "GET",
    `/executions?from=2016-12-01T00:00:00Z&process=${process}`,
  );
  return status === 404 ? [] : (body as { items: Execution[] }).items;
}

describe("a run", () => {
  test("is taken flat or wrapped, with its local times, and counts once however often it is sent", async () => {
    expect(await post(run())).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
    expect((await post({ dados_json: run({ process_pai: "FECHAMENTO" }) })).body).toEqual({
      accepted: 0,
      duplicates: 1,
    });
    const [shown, ...more] = await named("fechamento");
    expect(more).toEqual([]);
    expect(shown).toMatchObject({
      machine: "web-1",
      process: "Fechamento",
      kind: "cron",
      outcome: "ok",
      startedAt: "2026-11-20T06:00:00.123400Z",
      endedAt: "2026-11-20T06:10:00.500000Z",
      flags: [],
    });
    expect(shown).not.toHaveProperty("step");
  });

  test.each([
    ["of another step", { process_filho: "notas" }],
    ["of another kind", { tipo: "web" }],
    ["at another time", { dhfim: "2026-11-20 03:10:00.6" }],
  ])("%s is another run", async (_what, more) => {
    expect((await post(run({ process_pai: "Outro" }))).status).toBe(200);
    expect((await post(run({ process_pai: "Outro", ...more }))).body.accepted).toBe(1);
  });

  test("without kind and step is of cron; what names can't hold is replaced, and said", async () => {
    const { tipo: _, process_filho: __, ...bare } = run({ process_pai: "Nota\nfiscal " });
    expect((await post(bare)).status).toBe(200);
    expect(await named(encodeURIComponent("Nota?fiscal"))).toMatchObject([
      { kind: "cron", flags: ["name-cleaned"] },
    ]);
  });

  test("keeps its step", async () => {
    await post(run({ process_pai: "Passos", process_filho: "notas", tipo: "WEB" }));
    expect(await named("passos")).toMatchObject([{ step: "notas", kind: "web" }]);
  });
});

describe("local times", () => {
  const times = async (process_pai: string, dhinicio: string, dhfim: string) => {
    expect((await post(run({ process_pai, dhinicio, dhfim }))).status).toBe(200);
    const [{ startedAt, durationSeconds, flags } = {} as Execution] = await named(process_pai);
    return [startedAt, durationSeconds, flags];
  };

  test("of the hour that comes twice, and of the one that never comes, are resolved and flagged", async () => {
    expect(await times("dobrada", "2018-02-17 23:50:00", "2018-02-17 23:10:00")).toEqual([
      "2018-02-18T01:50:00.000000Z",
      1200,
      ["ambiguous-time"],
    ]);
    expect(await times("pulada", "2018-11-03 23:50:00", "2018-11-04 00:10:00")).toEqual([
      "2018-11-04T02:50:00.000000Z",
      1200,
      ["ambiguous-time"],
    ]);
  });

  test("are of the zone that the machine's agent tells, once it has told", async () => {
    const computer = {
      hostName: "web-2",
      timeZone: "Europe/Berlin",
      os: "Debian",
      kernel: "6.1",
      architecture: "x86_64",
      bootId: "b",
      bootedAt: parseInstant(now)!,
      cpuCores: 2,
      cpuModel: "x",
      cpuMegahertz: null,
      memoryBytes: 1,
      swapBytes: 0,
      partitions: [],
      agentVersion: "0",
      capabilities: [],
    };
    const uploaded = await other.upload(sampleBatch(1, { computer }));
    expect(uploaded.acknowledgements[0]).toMatchObject({ rejected: [] });
    await tested.hub.fleet.refresh();
    const { machineId: machine_id, token: machine_pass } = other;
    await post(run({ machine_id, machine_pass, process_pai: "Berlim" }));
    expect(await named("berlim")).toMatchObject([
      { machine: "web-2", startedAt: "2026-11-20T02:00:00.123400Z" },
    ]);
  });

  test("of a zone that nobody told are checked by the call, which comes at the run's end", async () => {
    const guessing = await hubUnderTest(now, { legacy: { enabled: ["savelog"] } });
    const { machineId: machine_id, token: machine_pass } = await machineUnderTest(guessing, "web-1");
    const wall = (minutes: number) => {
      const at = new Date(Date.parse(now) + minutes * 60_000);
      return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    };
    const instant = (minutes: number) => new Date(Date.parse(now) + minutes * 60_000).toISOString();
    for (const [process_pai, dhfim] of [
      ["agora", wall(-1)],
      ["outra hora", wall(-60)],
      ["adiantado", wall(60)],
      ["com fuso", instant(-60)],
    ])
      expect(
        (
          await guessing.app.inject({
            method: "POST",
            url: "/savelog.php",
            payload: run({ machine_id, machine_pass, process_pai, dhinicio: dhfim, dhfim }),
          })
        ).statusCode,
      ).toBe(200);
    const { body } = await guessing.ask("GET", "/executions?to=2026-11-24T00:00:00Z");
    const flags = (body as { items: Execution[] }).items.map((one) => [one.process, one.flags]);
    expect(Object.fromEntries(flags)).toEqual({
      agora: [],
      "outra hora": ["clock-skew"],
      adiantado: ["future", "clock-skew"],
      "com fuso": [],
    });
    await guessing.close();
  });
});

describe("who may", () => {
  const basic = (token: string) => ({
    authorization: `Basic ${Buffer.from(`php:${token}`).toString("base64")}`,
  });

  test("a token is found in the body, as Basic password, in the query, before the path, as Bearer", async () => {
    const without = run({ process_pai: "Chaves", machine_pass: undefined });
    for (const [at, how] of [
      { headers: basic(own.token) },
      { url: `/savelog.php?token=${own.token}` },
      { url: `/t/${own.token}/savelog.php` },
      { headers: own.headers },
    ].entries())
      expect((await post({ ...without, dhfim: `2026-11-20 04:00:0${at}` }, how)).body.accepted).toBe(1);
  });

  test.each([
    ["no password", () => ({ machine_pass: undefined })],
    ["a wrong one", () => ({ machine_pass: "culprit_m_00000000000000000000000000000000" })],
    ["another machine's", () => ({ machine_pass: other.token })],
    ["another machine's number", () => ({ machine_id: other.machineId })],
    ["a number that no machine has", () => ({ machine_id: 99 })],
  ])("%s is refused before anything else is looked at", async (_what, more) => {
    const { status, body } = await post(run({ ...more(), process_pai: "Estranho", dhfim: "nonsense" }));
    expect({ status, code: body.code }).toEqual({ status: 401, code: "not-signed-in" });
    expect(await named("estranho")).toEqual([]);
  });

  test("a viewer may not; an operator may, for the machine of the number", async () => {
    const issue = async (role: "viewer" | "operator") =>
      (await tested.hub.access.issue({ kind: "user", name: role, role })).token;
    expect((await post(run({ machine_pass: await issue("viewer") }))).status).toBe(403);
    const machine_pass = await issue("operator");
    expect((await post(run({ machine_pass, process_pai: "Pessoa" }))).body.accepted).toBe(1);
  });

  test("a browser's session is never looked at", async () => {
    const { token } = await tested.hub.access.issue({ kind: "session", name: "admin", role: "admin" });
    const headers = { cookie: `culprit_session=${token}`, origin: "http://localhost:80" };
    expect((await post(run({ machine_pass: undefined }), { headers })).status).toBe(401);
  });

  test("where the settings don't name it, it is not there", async () => {
    const without = await hubUnderTest(now);
    const answer = await without.app.inject({ method: "POST", url: "/savelog.php", payload: {} });
    expect(answer.statusCode).toBe(404);
    await without.close();
  });
});

describe("forms of the request", () => {
  test("the function's name in the query, at the three addresses of old servers", async () => {
    for (const [at, url] of ["/savelog.php?fn=savelog", "/index.php?fn=savelog", "/?fn=savelog"].entries())
      expect((await post(run({ process_pai: "fn", dhfim: `2026-11-20 05:00:0${at}` }), { url })).status).toBe(
        200,
      );
    expect((await post(run(), { url: "/index.php" })).status).toBe(404);
    expect((await post(run(), { url: "/index.php?fn=savelog&fn=x" })).status).toBe(404);
  });

  test.each([
    ["fields", (one: Record<string, string>) => new URLSearchParams(one)],
    [
      "fields in brackets",
      (one: Record<string, string>) =>
        new URLSearchParams(
          Object.fromEntries(Object.entries(one).map(([key, value]) => [`dados_json[${key}]`, value])),
        ),
    ],
    [
      "JSON in a field",
      (one: Record<string, string>) => new URLSearchParams({ dados_json: JSON.stringify(one) }),
    ],
  ])("a form with %s", async (what, form) => {
    const fields = { ...run({ process_pai: `Form ${what}` }), machine_id: String(own.machineId) };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await post(form(fields).toString(), { headers });
    expect(answer).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
  });

  test.each([
    ["{", /^the body is not JSON/],
    ["", /^the body is not JSON/],
    ["[]", /^the body/],
    ['{"dados_json":7}', /^the body/],
    [{ machine_id: "seven" }, /^machine_id/],
    [() => run({ process_pai: " " }), /^process_pai/],
    [() => run({ process_pai: undefined }), /^process_pai/],
    [() => run({ process_filho: 7 }), /^process_filho/],
    [() => run({ tipo: "job" }), /^tipo/],
    [() => run({ dhinicio: "20/11/2026 03:00" }), /^dhinicio, dhfim: not both/],
    [() => run({ dhfim: "2026-11-20 02:59:59" }), /endedAt: ends before it starts/],
    [() => run({ dhinicio: "1999-01-01 00:00:00" }), /more than 10 years back/],
  ])("%j is refused, and it says why", async (body, reason) => {
    const answer = await post(typeof body === "function" ? body() : body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(reason);
  });

  test("a body past the limit is refused", async () => {
    expect((await post("x".repeat(300_000))).status).toBe(413);
  });
});

const hasCurl = spawnSync("php", ["-r", "exit((int) !extension_loaded('curl'));"]).status === 0;

test.skipIf(!hasCurl)(
  "a real client in PHP with curl is recorded once, at the instants that PHP meant",
  async () => {
    await tested.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = tested.app.server.address() as AddressInfo;
    const program = fileURLToPath(new URL("../../../../examples/savelog/client.php", import.meta.url));
    tested.clock.set(new Date().toISOString());
    const call = promisify(execFile)("php", [
      program,
      `http://127.0.0.1:${port}`,
      String(own.machineId),
      own.token,
    ]);
    const { stdout, stderr } = await call;
    tested.clock.set(new Date().toISOString());
    expect(stderr).toBe("");
    const told = JSON.parse(stdout) as { status: number; body: object; start: number; end: number };
    expect(told).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0 } });
    const { items } = (await tested.ask("GET", "/executions?process=fechamento&step=notas")).body as {
      items: Execution[];
    };
    const fourDecimals = (micros: number) => micros - (micros % 100);
    expect(items.map(({ startedAt, endedAt }) => [parseInstant(startedAt), parseInstant(endedAt!)])).toEqual([
      [fourDecimals(told.start), fourDecimals(told.end)],
    ]);
  },
);
